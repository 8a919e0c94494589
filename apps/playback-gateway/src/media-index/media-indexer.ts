import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { describeError, RcsError, toRcsError, type Logger, type ServiceContext } from '#platform';
import type { MediaIndexStatus, MediaIndexStore, MissingPart, RetentionStore, UnindexedMedia } from '#store';
import { CONFIGURATION, LOGGER, SERVICE_CONTEXT, storeTokens } from '../dependencies/injection-tokens.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { IndexStep } from './index-step.js';
import { LocationClaims } from './location-claims.js';

export interface MediaIndexerOptions {
  /** Unique in the cluster. */
  readonly owner: string;
  /** Media files that are inspected in a second, at most. */
  readonly inspectionsPerSecond: number;
  /** Bytes that are read for content trees in a second, at most. */
  readonly bytesPerSecond: number;
}

const batchSize = 20;
/** Another gateway goes on when one died this long ago. */
const leaseMs = 30_000;
/** A renewal is a write that the store makes durable. */
const renewAfterMs = leaseMs / 3;
const idleMs = 2000;
const firstRetryMs = 10_000;
const longestRetryMs = 6 * 3_600_000;
const reportEveryMs = 30_000;
/** While something is missing. */
const reportOpenEveryMs = 5000;

/**
 * Looks at every media file that nobody has looked at: at those that were there before this version, and at those whose
 * storage was away when they were inserted. Of all gateways one does it at a time; whatever was done is in the store, so
 * that another one goes on where it stood. Whom files are for comes first, because certificates wait for that.
 */
@Injectable()
export class MediaIndexer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly options: MediaIndexerOptions;
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();
  /** Until then the lease is not renewed; monotonic, milliseconds. */
  private leasedUntil = -Infinity;
  private reportedAt = -Infinity;
  private reported: MediaIndexStatus | undefined;

  constructor(
    @Inject(storeTokens.mediaIndex) private readonly index: MediaIndexStore,
    @Inject(storeTokens.retention) private readonly retention: Pick<RetentionStore, 'notAhead'>,
    private readonly step: IndexStep,
    private readonly claims: LocationClaims,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVICE_CONTEXT) { instance }: Pick<ServiceContext, 'instance'>,
    @Inject(CONFIGURATION) { mediaIndex }: { readonly mediaIndex: Omit<MediaIndexerOptions, 'owner'> },
  ) {
    const { inspectionsPerSecond, bytesPerSecond } = mediaIndex;
    this.options = { owner: instance, inspectionsPerSecond, bytesPerSecond };
  }

  onApplicationBootstrap(): void {
    this.finished = this.loop();
  }

  /** What is under way is given up: whoever goes on begins it again. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  /** A method, because it may change while anything is awaited. */
  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async loop(): Promise<void> {
    while (!this.isStopped()) {
      try {
        if (!(await this.round())) await this.wait(idleMs);
      } catch (error) {
        if (this.isStopped()) return;
        this.logger.warn({ error: describeError(error) }, 'media files cannot be looked at now');
        await this.wait(idleMs);
      }
    }
  }

  /** A few media files. False when there is nothing to do for this gateway. */
  private async round(): Promise<boolean> {
    const now = await this.now();
    if (!(await this.holdsLease())) {
      this.metrics.mediaIndexedElsewhere();
      return false;
    }
    await this.claims.claimAll(this.stopping.signal);
    const uninspected = await this.index.due('inspection', now, batchSize);
    for (const media of uninspected) await this.inspect(media);
    const [next] = uninspected.length > 0 ? [] : await this.index.due('content-tree', now, 1);
    if (next !== undefined) await this.makeContentTree(next);
    await this.report();
    return uninspected.length > 0 || next !== undefined;
  }

  private async holdsLease(): Promise<boolean> {
    const asked = performance.now();
    if (asked < this.leasedUntil) return true;
    const isHeld = await this.lease();
    this.leasedUntil = isHeld ? asked + renewAfterMs : -Infinity;
    return isHeld;
  }

  private async lease(): Promise<boolean> {
    const now = await this.now();
    return this.index.lease(this.options.owner, now, now + leaseMs);
  }

  /** One that all gateways agree on: by a clock that is ahead a file would be due that was put off a moment ago. */
  private now(): Promise<number> {
    return this.retention.notAhead(Date.now());
  }

  private inspect(media: UnindexedMedia): Promise<void> {
    return this.attempt(media, 'inspection', async () => {
      await this.claims.claim(media.recording);
      await this.step.inspect(media, this.stopping.signal);
      return 1000 / this.options.inspectionsPerSecond;
    });
  }

  private makeContentTree(media: UnindexedMedia): Promise<void> {
    const renewal = setInterval(() => {
      // A file may take longer to read than the lease lasts; a failure only means that somebody else begins, too.
      this.lease().catch(() => undefined);
    }, renewAfterMs);
    return this.attempt(media, 'content-tree', async () => {
      const bytes = await this.step.makeContentTree(media, this.stopping.signal);
      return (bytes / this.options.bytesPerSecond) * 1000;
    }).finally(() => clearInterval(renewal));
  }

  /** Does something that should take so many milliseconds, and waits for the rest of them: players come first. */
  private async attempt(media: UnindexedMedia, missing: MissingPart, act: () => Promise<number>): Promise<void> {
    if (this.isStopped()) return;
    const began = performance.now();
    // A storage that is away, or has not got the file, is asked no oftener than one that has.
    let dueMs = 1000 / this.options.inspectionsPerSecond;
    try {
      dueMs = await act();
    } catch (error) {
      if (this.isStopped()) return;
      if (error instanceof RcsError && isOurTrouble(error)) throw error;
      await this.postpone(media, missing, toRcsError(error));
    }
    await this.wait(Math.max(0, dueMs - (performance.now() - began)));
  }

  private async postpone({ recording, mediaFile, attempts }: UnindexedMedia, missing: MissingPart, error: RcsError) {
    const delay = Math.min(longestRetryMs, firstRetryMs * 2 ** attempts);
    await this.index.postpone(recording.id, mediaFile.mediaId, error.code, (await this.now()) + delay);
    const place = { contactCenter: recording.contactCenter, recording: recording.id, mediaFile: mediaFile.mediaId };
    this.logger[attempts === 0 ? 'warn' : 'debug'](
      { ...place, missing, code: error.code, error: describeError(error), retryInMs: delay },
      'a media file cannot be looked at; it is tried again',
    );
  }

  /** Says how far it is: now and then, and when there is nothing left. */
  private async report(): Promise<void> {
    const now = performance.now();
    const isOpen = this.reported !== undefined && missingOf(this.reported) > 0;
    if (now - this.reportedAt < (isOpen ? reportOpenEveryMs : reportEveryMs)) return;
    this.reportedAt = now;
    const status = sumOf(await this.index.status());
    this.metrics.mediaIndex(status);
    const changed = this.reported === undefined ? missingOf(status) > 0 : !sameCounts(status, this.reported);
    this.reported = status;
    if (!changed) return;
    const { mediaFiles, notInspected, withoutContentTree, failing } = status;
    const done = missingOf(status) === 0;
    this.logger.info(
      {
        total: mediaFiles,
        inspected: mediaFiles - notInspected,
        proved: mediaFiles - missingOf(status),
        withoutContentTree,
        failing,
      },
      done ? 'every media file is indexed' : 'media files are being indexed',
    );
  }

  private async wait(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}

const missingOf = ({ notInspected, withoutContentTree }: MediaIndexStatus): number => notInspected + withoutContentTree;

const sameCounts = (one: MediaIndexStatus, other: MediaIndexStatus): boolean =>
  missingOf(one) === missingOf(other) && one.notInspected === other.notInspected && one.failing === other.failing;

function sumOf(statuses: readonly MediaIndexStatus[]): MediaIndexStatus {
  const sum = (name: Exclude<keyof MediaIndexStatus, 'contactCenter'>): number =>
    statuses.reduce((total, status) => total + status[name], 0);
  return {
    contactCenter: '',
    mediaFiles: sum('mediaFiles'),
    notInspected: sum('notInspected'),
    withoutContentTree: sum('withoutContentTree'),
    failing: sum('failing'),
    givenUp: sum('givenUp'),
  };
}

/** Nothing that the media file is to blame for: everything waits until it is over. */
const isOurTrouble = ({ code }: RcsError): boolean =>
  ['RCS_NO_WORKER', 'RCS_STORE_UNAVAILABLE', 'RCS_AUDIT_UNAVAILABLE', 'RCS_OVERLOADED'].includes(code);
