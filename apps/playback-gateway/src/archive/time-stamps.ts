import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { timeStampRequest, verifyTimeStamp } from '#archive';
import { parseAuthoritiesPem, type CertificateInfo } from '#certificates';
import { ConfigurationError, describeError, millisecondsSince, RcsError, readOptionFile, type Logger } from '#platform';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER } from '../dependencies/injection-tokens.js';
import { TimeStampClient } from './time-stamp-client.js';

const attempts = 3;
/** An authority whose clock is that far from ours vouches for no time that anybody would believe. */
const mostDifferenceMs = 10 * 60_000;

/** Time stamps of the authority that the configuration names; callers have no say in it. */
@Injectable()
export class TimeStamps {
  private readonly settings: GatewayConfiguration['archives']['timeStamp'];
  private readonly client: TimeStampClient | undefined;
  private readonly authorities: readonly CertificateInfo[];
  /** Before another attempt. */
  private readonly pauseMs: number = 1000;

  /** @throws ConfigurationError for files that are missing or cannot be read */
  constructor(
    @Inject(CONFIGURATION) { archives }: Pick<GatewayConfiguration, 'archives'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.settings = archives.timeStamp;
    this.client = this.settings === undefined ? undefined : new TimeStampClient(this.settings);
    this.authorities = this.settings === undefined ? [] : authoritiesIn(this.settings.rootCaFile);
  }

  /** Whether archives are stamped here. */
  get isConfigured(): boolean {
    return this.client !== undefined;
  }

  /**
   * A checked time stamp of these bytes, DER; undefined where there is none and archives go without.
   * @throws RcsError RCS_TIME_STAMP_UNAVAILABLE where they do not; whatever the signal was aborted with
   */
  async of(stamped: Buffer, signal: AbortSignal): Promise<Buffer | undefined> {
    const { client } = this;
    if (client === undefined) return undefined;
    let why = '';
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (attempt > 1) await delay(this.pauseMs, undefined, { signal });
      try {
        return await this.checked(client, stamped, signal);
      } catch (error) {
        signal.throwIfAborted();
        why = describeError(error);
        this.logger.warn({ attempt, error: why }, 'the time-stamping authority gave no time stamp that counts');
      }
    }
    if (this.settings?.required === true) throw new RcsError('RCS_TIME_STAMP_UNAVAILABLE', why);
    return undefined;
  }

  private async checked(client: TimeStampClient, stamped: Buffer, signal: AbortSignal): Promise<Buffer> {
    const { encoded, nonce } = timeStampRequest(stamped);
    const response = await client.ask(encoded, signal);
    const { time } = verifyTimeStamp(response, { stamped, nonce, authorities: this.authorities });
    if (Math.abs(millisecondsSince(time)) > mostDifferenceMs)
      throw new Error(`it says that it is ${time.toISOString()}`);
    return response;
  }
}

function authoritiesIn(file: string): readonly CertificateInfo[] {
  const option = 'archives.timeStamp.rootCaFile';
  const content = readOptionFile(option, file);
  try {
    return parseAuthoritiesPem(content);
  } catch (error) {
    throw new ConfigurationError(`option ${option}: ${describeError(error)}`, { cause: error });
  }
}
