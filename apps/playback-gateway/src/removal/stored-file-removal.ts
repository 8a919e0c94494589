import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { namesWindow } from '#media-storage';
import { describeError, RcsError, toRcsError, type Logger } from '#platform';
import type { AuditLog, RemovalStore, RemovedMedia, RetentionStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { WorkerClient } from '../workers/worker-client.js';

/** In grants and in the audit: it is no person that removes what was left. */
const removerName = 'recording-removal';
/** Longer than a request to a worker may take: what was claimed is nobody else's while it is being removed. */
export const leaseMs = 30_000;
const requestTimeoutMs = 20_000;
const pollMs = 50;
const firstRetryMs = 10_000;
const longestRetryMs = 6 * 3_600_000;
const overloadRetryMs = 5000;
/** Files that one call deals with. */
const atOnce = 100;

/** Removes stored files whose metadata is gone; what cannot be removed now is tried again later. */
@Injectable()
export class StoredFileRemoval {
  constructor(
    @Inject(storeTokens.removals) private readonly removals: RemovalStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(storeTokens.retention) private readonly retention: Pick<RetentionStore, 'notAhead'>,
    private readonly claims: LocationClaims,
    private readonly errands: WorkerErrands,
    private readonly client: WorkerClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Removes what is due, as long as the signal lets it. @returns how many files were dealt with. */
  async removeDue(requestId: string, signal: AbortSignal): Promise<number> {
    const now = await this.now();
    let files = 0;
    while (files < atOnce && !signal.aborted && (await this.removeNext(requestId, signal, { now })) !== 'none') files++;
    return files;
  }

  /**
   * Removes the stored files of one recording, or waits until somebody else has.
   * @returns whether they are gone, when they are or when the signal ends the waiting.
   */
  async removeOf(recordingId: string, requestId: string, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const outcome = await this.removeNext(requestId, signal, { now: await this.now(), recordingId });
      if (outcome === 'failed' || signal.aborted) return false;
      if (outcome === 'gone') continue;
      if (!(await this.removals.hasPendingMedia(recordingId))) return true;
      await sleep(pollMs);
    }
  }

  /**
   * Tries the stored files of one recording at once, whenever they are due.
   * @returns whether nothing of it is left; false as soon as one cannot be removed.
   */
  async retry(recordingId: string, requestId: string, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const outcome = await this.removeNext(requestId, signal, { now: Number.MAX_SAFE_INTEGER, recordingId });
      if (outcome === 'none') return true;
      if (outcome === 'failed' || signal.aborted) return false;
    }
  }

  /** One by one: what a killed process had claimed waits for the end of its lease. */
  private async removeNext(
    requestId: string,
    signal: AbortSignal,
    due: { readonly now: number; readonly recordingId?: string },
  ): Promise<'gone' | 'failed' | 'none'> {
    const [media] = await this.removals.claimMedia({ ...due, leaseUntil: (await this.now()) + leaseMs, limit: 1 });
    if (media === undefined) return 'none';
    return (await this.attempt(media, requestId, signal)) ? 'gone' : 'failed';
  }

  private async attempt(media: RemovedMedia, requestId: string, signal: AbortSignal): Promise<boolean> {
    const { recordingId, mediaId, contactCenter, attempts } = media;
    try {
      const detail = await this.removeFile(media, requestId, signal);
      await this.audit.append({
        event: 'media-removed',
        outcome: 'done',
        user: removerName,
        contactCenter,
        recording: recordingId,
        mediaFile: mediaId,
        requestId,
        detail,
      });
      await this.removals.noteMediaGone(recordingId, mediaId);
      return true;
    } catch (error) {
      const { code } = toRcsError(error);
      const delay = code === 'RCS_OVERLOADED' ? overloadRetryMs : retryDelay(attempts);
      await this.removals.postponeMedia(recordingId, mediaId, code, (await this.now()) + delay);
      this.logger.warn(
        {
          requestId,
          contactCenter,
          recording: recordingId,
          mediaFile: mediaId,
          code,
          error: describeError(error),
          retryInMs: delay,
        },
        'the stored file of a removed recording is still there; it is tried again',
      );
      return false;
    }
  }

  /** One that all gateways agree on: by a clock that is ahead a file would be due that was put off a moment ago. */
  private now(): Promise<number> {
    return this.retention.notAhead(Date.now());
  }

  /** @returns what became of it, for the audit. */
  private async removeFile(media: RemovedMedia, requestId: string, signal: AbortSignal): Promise<string> {
    const { recordingId, mediaId, contactCenter, mediaDescriptor } = media;
    if (!(await this.claims.areAllClaimed())) {
      throw new RcsError('RCS_OVERLOADED', 'it is still being found out which recordings name which places');
    }
    const { storage, path } = mediaDescriptor;
    if (namesWindow(path)) return 'it lies in an archive, which is only read and still has it';
    const place = await this.claims.placeOf(mediaDescriptor, contactCenter);
    if (await this.removals.isNamed(place)) return 'another recording names the stored file: it stays';
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]);
    const content = {
      sub: removerName,
      contactCenter,
      recording: recordingId,
      mediaFile: mediaId,
      location: { storage, path },
      purpose: 'remove' as const,
    };
    await this.errands.run(
      content,
      (worker, granted) => this.client.remove(worker, granted, requestId, bounded),
      bounded,
    );
    return 'the stored file is removed';
  }
}

const retryDelay = (attempts: number): number => Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempts, 20));
