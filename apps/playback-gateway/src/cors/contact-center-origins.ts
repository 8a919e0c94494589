import { Inject, Injectable } from '@nestjs/common';
import { describeError, type Logger, type ServerSettings } from '#platform';
import type { ContactCenterStore } from '#store';
import { LOGGER, SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import { OriginPatterns } from './origin-pattern.js';

type OriginsById = ReadonlyMap<string, OriginPatterns>;

/** The origins that contact centers allow for their own users; read again after `corsFilterCacheTimeToLive`. */
@Injectable()
export class ContactCenterOrigins {
  private readonly timeToLiveMs: number;
  private known: OriginsById = new Map();
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    @Inject(storeTokens.contactCenters) private readonly contactCenters: ContactCenterStore,
    @Inject(SERVER_SETTINGS) { crossOriginSettings }: Pick<ServerSettings, 'crossOriginSettings'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.timeToLiveMs = crossOriginSettings.corsFilterCacheTimeToLive * 1000;
  }

  /** The ids of the contact centers that allow this origin. */
  async allowing(origin: string): Promise<ReadonlySet<string>> {
    if (performance.now() - this.readAt >= this.timeToLiveMs) {
      this.reading ??= this.read().finally(() => (this.reading = undefined));
      await this.reading;
    }
    return new Set([...this.known].filter(([, patterns]) => patterns.match(origin)).map(([id]) => id));
  }

  /** While the store is away, what was known stays in force. */
  private async read(): Promise<void> {
    try {
      const all = await this.contactCenters.list();
      this.known = new Map(
        all
          .filter(({ allowedOrigins = [] }) => allowedOrigins.length > 0)
          .map(({ id, allowedOrigins = [] }) => [id, new OriginPatterns(allowedOrigins)]),
      );
    } catch (error) {
      this.logger.warn({ error: describeError(error) }, 'the origins of contact centers could not be read');
    }
    this.readAt = performance.now();
  }
}
