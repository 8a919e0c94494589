import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { describeError, type InteractionReceiverConfiguration, type Logger, type ServerSettings } from '#platform';
import type { HandOverStore, RecordingStore } from '#store';
import { trustedAuthorities } from '#tls';
import { LOGGER, SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import { ExternalUrl } from '../http/external-url.js';
import { knownLengths } from '../recordings/known-lengths.js';
import { recordingResource } from '../recordings/recording-resource.js';
import { ConfiguredReceivers } from '../interaction-receivers/configured-receivers.js';
import { HandOverAttempt } from './hand-over-attempt.js';
import { HandOverMetrics } from './hand-over-metrics.js';
import { ReceiverClient } from '../interaction-receivers/receiver-client.js';

/** Between two looks for what is due. */
const idleMs = 1000;
const failedStoreMs = 5000;
const countEveryMs = 15_000;
/** Beyond the time of an attempt: for the store, and for clocks that differ. */
const leaseMarginMs = 60_000;

/**
 * Hands the metadata of new recordings over to interaction receivers, from the queue in the store that all gateways share.
 * Each receiver has a loop of its own, so that one that hangs holds up no other. A receiver may get a recording twice, where
 * a gateway dies, or its answer is lost, after the receiver took it; it never gets it from two gateways at the same time.
 */
@Injectable()
export class HandOverSender implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private loops: readonly Promise<void>[] = [];

  constructor(
    @Inject(storeTokens.handOvers) private readonly queue: HandOverStore,
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    @Inject(SERVER_SETTINGS)
    private readonly settings: Pick<
      ServerSettings,
      'speechMinerTrustedCA' | 'speechMinerJksPassword' | 'allowWeakKeys'
    >,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly receivers: ConfiguredReceivers,
    private readonly metrics: HandOverMetrics,
    private readonly externalUrl: ExternalUrl,
  ) {}

  onApplicationBootstrap(): void {
    if (this.receivers.all.size === 0) return;
    const { speechMinerTrustedCA, speechMinerJksPassword, allowWeakKeys } = this.settings;
    const trust = trustedAuthorities(
      'serverSettings.speechMinerTrustedCA',
      speechMinerTrustedCA,
      speechMinerJksPassword,
      { allowWeakKeys, allowOption: 'serverSettings.allowWeakKeys' },
    );
    const clients = [...this.receivers.all].map(
      ([url, settings]) => [url, settings, new ReceiverClient(url, settings, trust)] as const,
    );
    this.loops = [
      ...clients.map(([url, settings, client]) => this.serve(url, settings, client)),
      this.repeat(async () => {
        this.metrics.counted(await this.queue.counts());
        return countEveryMs;
      }),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  private async serve(url: string, settings: InteractionReceiverConfiguration, client: ReceiverClient): Promise<void> {
    const attempt = new HandOverAttempt(settings, {
      queue: this.queue,
      document: id => this.documentOf(id),
      post: document => client.post(document, this.stopping.signal),
      refusal: ({ contactCenter }) => this.receivers.refusal(url, contactCenter),
    });
    await this.repeat(() => this.batch(url, settings, attempt));
    await client.close();
  }

  /** What is due now. Answers how long to wait for more. */
  private async batch(
    receiver: string,
    { maxConnection: limit, timeoutMs }: InteractionReceiverConfiguration,
    attempt: HandOverAttempt,
  ): Promise<number> {
    const now = Date.now();
    const claimed = await this.queue.claim({ receiver, now, leaseUntil: now + timeoutMs + leaseMarginMs, limit });
    await Promise.all(
      claimed.map(async handOver => {
        const { outcome, reason } = await attempt.of(handOver);
        this.metrics.attempt(outcome);
        const { recordingId: recording, attempts } = handOver;
        if (outcome === 'delivered') this.logger.debug({ recording, receiver }, 'metadata handed over');
        else this.logger.warn({ recording, receiver, attempts, reason }, `handing metadata over ${outcome}`);
      }),
    );
    return claimed.length === limit ? 0 : idleMs;
  }

  /** What the receiver gets is what `GET /api/v2/recordings/{id}` answers. undefined: it was removed meanwhile. */
  private async documentOf(id: string): Promise<object | undefined> {
    const recording = await this.recordings.find(id);
    if (recording === undefined) return undefined;
    return recordingResource(recording, this.externalUrl.value, await knownLengths(this.recordings, recording));
  }

  /** The first time once the gateway listens. */
  private async repeat(step: () => Promise<number>): Promise<void> {
    let pauseMs = idleMs;
    while (await this.goesOnAfter(pauseMs)) {
      pauseMs = await step().catch((error: unknown) => {
        this.logger.warn({ error: describeError(error) }, 'the queue of hand-overs cannot be served now');
        return failedStoreMs;
      });
    }
  }

  /** False where this gateway is ending. */
  private async goesOnAfter(pauseMs: number): Promise<boolean> {
    const { signal } = this.stopping;
    await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    return !signal.aborted;
  }
}
