import { Inject, Injectable } from '@nestjs/common';
import { describeError, RcsError, toRcsError, type Logger } from '#platform';
import type { AuditLog, RemovalStore, RemovedMedia } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { WorkerClient } from '../workers/worker-client.js';

/** In grants and in the audit: it is no person that removes what was left. */
const removerName = 'recording-removal';
/** Longer than a request to a worker may take: what was claimed is nobody else's while it is being removed. */
export const leaseMs = 120_000;
const requestTimeoutMs = 60_000;
const firstRetryMs = 10_000;
const longestRetryMs = 6 * 3_600_000;
const overloadRetryMs = 5000;
const batchSize = 20;

/** Removes stored files whose metadata is gone; what cannot be removed now is tried again later. */
@Injectable()
export class StoredFileRemoval {
  constructor(
    @Inject(storeTokens.removals) private readonly removals: RemovalStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly claims: LocationClaims,
    private readonly errands: WorkerErrands,
    private readonly client: WorkerClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Removes what is due, of one recording or of all, as long as the signal lets it.
   * @returns how many files were dealt with, and whether each of them is gone.
   */
  async removeDue(
    requestId: string,
    signal: AbortSignal,
    recordingId?: string,
  ): Promise<{ readonly files: number; readonly allGone: boolean }> {
    const now = Date.now();
    const one = recordingId === undefined ? {} : { recordingId };
    const files = await this.removals.claimMedia({ now, leaseUntil: now + leaseMs, limit: batchSize, ...one });
    let allGone = true;
    for (const media of files) allGone = (await this.attempt(media, requestId, signal)) && allGone;
    return { files: files.length, allGone };
  }

  private async attempt(media: RemovedMedia, requestId: string, signal: AbortSignal): Promise<boolean> {
    const { recordingId, mediaId, contactCenter, attempts } = media;
    if (signal.aborted) {
      await this.removals.postponeMedia(recordingId, mediaId, 'RCS_SHUTTING_DOWN', Date.now());
      return false;
    }
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
      await this.removals.postponeMedia(recordingId, mediaId, code, Date.now() + delay);
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

  /** @returns what became of it, for the audit. */
  private async removeFile(media: RemovedMedia, requestId: string, signal: AbortSignal): Promise<string> {
    const { recordingId, mediaId, contactCenter, mediaDescriptor } = media;
    if (!(await this.claims.areAllClaimed())) {
      throw new RcsError('RCS_OVERLOADED', 'it is still being found out which recordings name which places');
    }
    const { storage, path } = mediaDescriptor;
    const place = this.claims.placeOf(mediaDescriptor, contactCenter);
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
    await this.errands.run(content, (worker, grant) => this.client.remove(worker, grant, requestId, bounded), bounded);
    return 'the stored file is removed';
  }
}

const retryDelay = (attempts: number): number => Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempts, 20));
