import { X509Certificate } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { request } from 'undici';
import { CertificateExpiry, describeError, type Logger } from '#platform';
import type { CertificateStore, RecordingCertificate } from '#store';
import type { GatewayConfiguration } from '../../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, storeTokens } from '../../dependencies/injection-tokens.js';
import { CertificateChangeFeed } from '../../certificate-events/certificate-change-feed.js';
import { CertificateMetrics } from '../../metrics/certificate-metrics.js';
import { summaryOf } from '../../envelopes/certificate-summary.js';
import { reachedThreshold, type ExpiryWarning } from './expiry-warning.js';

const intervalMs = 60 * 60_000;
const retryMs = 60_000;
const rereadingDelayMs = 1000;
const dayMs = 86_400_000;
/** How many ends are read before others have their turn: each takes some 50 microseconds. */
const certificatesPerTurn = 100;

interface WatchedCertificate {
  readonly stored: RecordingCertificate;
  readonly notAfter: Date;
}

/**
 * Warns ahead of the end of certificates: once for each threshold in the whole cluster, in the log, to open consoles and
 * to the webhook. The gauge of expiry times shows the same certificates.
 */
@Injectable()
export class ExpiryWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly settings: GatewayConfiguration['recordingCertificates'];
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();
  private known: readonly WatchedCertificate[] = [];
  private rereading: NodeJS.Timeout | undefined;
  /** A reading that began earlier puts nothing in the place of what a later one found. */
  private readingsBegun = 0;
  private readingKnown = 0;

  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    @Inject(CONFIGURATION) { recordingCertificates }: Pick<GatewayConfiguration, 'recordingCertificates'>,
    private readonly feed: CertificateChangeFeed,
    @Inject(LOGGER) private readonly logger: Logger,
    gauge: CertificateExpiry,
    private readonly metrics: CertificateMetrics,
  ) {
    this.settings = recordingCertificates;
    gauge.watch(() =>
      this.known.map(({ stored, notAfter }) => ({
        use: 'recording' as const,
        name: `${stored.contactCenter}/${stored.alias}`,
        notAfter,
      })),
    );
  }

  onApplicationBootstrap(): void {
    this.feed.listen(({ kind }) => {
      if (kind === 'certificate') this.refreshSoon();
    });
    this.finished = this.loop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.rereading);
    await this.finished;
  }

  /** Looks at every certificate once. */
  async check(now: Date): Promise<void> {
    await this.refresh();
    const assignments = await this.certificates.assignments();
    for (const { stored, notAfter } of this.known) {
      const { contactCenter, alias } = stored;
      const daysLeft = Math.floor((notAfter.getTime() - now.getTime()) / dayMs);
      const threshold = reachedThreshold(daysLeft, this.settings.expiryWarningDays);
      // What encrypts nothing any more, or was replaced, may end in peace.
      if (threshold === undefined || stored.decryptOnly || daysLeft < 0) continue;
      if (!(await this.certificates.claimWarning(contactCenter, alias, threshold))) continue;
      const deployedCount = assignments.filter(
        one => one.contactCenter === contactCenter && one.aliases.includes(alias),
      ).length;
      const { issuedTo, serialNumber } = summaryOf(stored);
      const expires = notAfter.toISOString();
      await this.warn({ contactCenter, alias, issuedTo, serialNumber, expires, daysLeft, deployedCount });
    }
  }

  /** Once for however many changes come within the delay: who uploads a thousand certificates has them read once a second. */
  private refreshSoon(): void {
    this.rereading ??= setTimeout(() => {
      this.rereading = undefined;
      this.refresh().catch((error: unknown) => this.cannotRead(error));
    }, rereadingDelayMs).unref();
  }

  private async refresh(): Promise<void> {
    const reading = ++this.readingsBegun;
    const ends = new Map(this.known.map(({ stored, notAfter }) => [stored.fingerprint, notAfter]));
    const active = (await this.certificates.list()).filter(({ state }) => state === 'active');
    const known: WatchedCertificate[] = [];
    for (const [index, stored] of active.entries()) {
      if (index % certificatesPerTurn === certificatesPerTurn - 1) await setImmediate();
      known.push({ stored, notAfter: ends.get(stored.fingerprint) ?? endOf(stored) });
    }
    if (reading < this.readingKnown) return;
    this.readingKnown = reading;
    this.known = known;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      let next = intervalMs;
      try {
        await this.check(new Date());
      } catch (error) {
        this.cannotRead(error);
        next = retryMs;
      }
      await sleep(next, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  private async warn(warning: ExpiryWarning): Promise<void> {
    this.logger.warn({ certificate: warning }, `a recording certificate expires in ${warning.daysLeft} days: renew it`);
    this.feed.announce(
      { contactCenter: warning.contactCenter, name: 'expiry watch' },
      'expiry',
      'expiring',
      warning.alias,
    );
    const { expiryWebhook } = this.settings;
    if (expiryWebhook === undefined) return;
    const { url, authorization, timeoutMs } = expiryWebhook;
    try {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        body: JSON.stringify({ event: 'certificate-expiring', ...warning }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      await body.dump();
      if (statusCode >= 300) throw new Error(`it answered ${statusCode}`);
      this.metrics.webhookTold('ok');
    } catch (error) {
      this.metrics.webhookTold('failed');
      this.logger.error({ error: describeError(error) }, 'the webhook could not be told of an expiring certificate');
    }
  }

  private cannotRead(error: unknown): void {
    this.logger.warn({ error: describeError(error) }, 'the ends of certificates cannot be looked at now');
  }
}

/** Nothing else of a certificate is needed for most. */
const endOf = ({ certificate, chain }: RecordingCertificate): Date =>
  new X509Certificate(certificate === '' ? chain : certificate).validToDate;
