import { Inject, Injectable } from '@nestjs/common';
import {
  deadlineSignal,
  describeError,
  errorRegistry,
  RcsError,
  toRcsError,
  type ErrorCode,
  type Logger,
} from '#platform';
import type { ArchiveJob, ArchiveJobStore, KeptArchiveStore, UnfinishedPart } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { ArchiveJobLease, JobLeftError } from './archive-job-lease.js';
import { ArchivePartMaker } from './archive-part-maker.js';
import { ArchiveParts } from './archive-parts.js';

const firstRetryMs = 1000;
const longestRetryMs = 5 * 60_000;
/** About half an hour of failures, one after the other. */
const maximumAttempts = 14;
/** For a file to get its name, or to go. */
const shortActMs = 30_000;

const gone: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RCS_STORAGE_FILE_MISSING', 'RCS_STORAGE_CHANGED']);

/** Failures that no waiting mends. */
const lasting: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_INSUFFICIENT_ROLE',
  'RCS_INSUFFICIENT_PERMISSION',
  'RCS_MEDIA_LOCATION_REFUSED',
  'RCS_STORAGE_INACTIVE',
  'RCS_STORAGE_ACCESS_REFUSED',
  'RCS_STORAGE_FILE_EXISTS',
  'RCS_CERTIFICATE_NOT_FOUND',
  'RCS_CERTIFICATE_NOT_VALID',
  'RCS_KEY_DISABLED',
]);

/**
 * Works on a job that this gateway holds. What is done next, and what lies in the storage, stands in the store before it is
 * done, so that whoever goes on after a crash finds every file, and gives no half one the name of a part.
 */
@Injectable()
export class ArchiveJobWork {
  constructor(
    @Inject(storeTokens.archiveJobs) private readonly jobs: ArchiveJobStore,
    private readonly maker: ArchivePartMaker,
    private readonly parts: ArchiveParts,
    @Inject(storeTokens.keptArchives) private readonly kept: Pick<KeptArchiveStore, 'withdraw'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  ) {}

  /** Until it is at its end, must wait, or is to go on no more. */
  async work(claimed: ArchiveJob, owner: string, stopping: AbortSignal): Promise<void> {
    const lease = new ArchiveJobLease(this.jobs, claimed.id, owner, this.logger);
    let job = claimed;
    try {
      job = await this.tidied(job, lease);
      while (job.state === 'running' && !stopping.aborted) {
        const next = await this.nextPart(job, lease, AbortSignal.any([stopping, lease.signal]));
        if (next === undefined) break;
        job = next;
      }
      await lease.release({ changes: {} });
    } catch (error) {
      await this.interrupted(job, lease, error, stopping.aborted).catch((later: unknown) =>
        this.logger.warn(
          { job: job.id, error: describeError(later) },
          'an archive job is left to the end of its lease',
        ),
      );
    } finally {
      lease.end();
    }
  }

  /** Nothing of an attempt before is left; a part that was whole has its name. */
  private async tidied(job: ArchiveJob, lease: ArchiveJobLease): Promise<ArchiveJob> {
    const { unfinished, sealed } = job;
    if (sealed !== undefined) return this.published({ ...job, sealed }, lease);
    if (unfinished === undefined) return job;
    await this.discard(job, unfinished, AbortSignal.timeout(shortActMs));
    return lease.step({ changes: { unfinished: undefined } });
  }

  /** undefined where there was nothing left. */
  private async nextPart(
    job: ArchiveJob,
    lease: ArchiveJobLease,
    signal: AbortSignal,
  ): Promise<ArchiveJob | undefined> {
    const begun = await this.maker.begin(job);
    if (begun === undefined) {
      await lease.step({ changes: {}, state: 'done' });
      return undefined;
    }
    const { unfinished } = begun;
    await lease.step({ changes: { unfinished } });
    try {
      const sealed = await begun.write(signal);
      const written = await lease.step({ changes: { unfinished: undefined, sealed } });
      return await this.published({ ...written, sealed }, lease);
    } catch (error) {
      // What was paused or failed leaves nothing behind; whoever dies here leaves it to who comes after.
      if (await this.isOurs(job, unfinished)) await this.removed(job, unfinished, lease);
      throw error;
    }
  }

  /** Whether what was written is a leftover for certain: where the store does not say so, whoever comes next finds out. */
  private async isOurs(
    { contactCenter, id }: ArchiveJob,
    { attempt }: NonNullable<ArchiveJob['unfinished']>,
  ): Promise<boolean> {
    try {
      return (await this.jobs.find(contactCenter, id))?.sealed?.attempt !== attempt;
    } catch {
      return false;
    }
  }

  /** What was written of a part, and then what it needs: nobody has it. */
  private async discard(job: ArchiveJob, unfinished: UnfinishedPart, signal: AbortSignal): Promise<void> {
    await this.parts.discard(job, unfinished, signal);
    if (unfinished.archive !== undefined) await this.kept.withdraw(job.contactCenter, unfinished.archive);
  }

  private async removed(
    job: ArchiveJob,
    unfinished: NonNullable<ArchiveJob['unfinished']>,
    lease: ArchiveJobLease,
  ): Promise<void> {
    try {
      await this.discard(job, unfinished, deadlineSignal(shortActMs));
      await lease.step({ changes: { unfinished: undefined } });
    } catch (error) {
      this.logger.warn({ job: job.id, error: describeError(error) }, 'what was written of a part is removed later');
    }
  }

  private async published(
    job: ArchiveJob & { readonly sealed: NonNullable<ArchiveJob['sealed']> },
    lease: ArchiveJobLease,
  ): Promise<ArchiveJob> {
    const { part, attempt, after, isLast } = job.sealed;
    try {
      await this.parts.publish(job, part, attempt, AbortSignal.timeout(shortActMs));
    } catch (error) {
      // It is gone, or is not what was written: it is made anew.
      if (error instanceof RcsError && gone.has(error.code)) await lease.step({ changes: { sealed: undefined } });
      throw error;
    }
    const whole = { sealed: undefined, unfinished: undefined, attempts: 0, waiting: undefined, error: undefined };
    const changes = { ...after, ...whole };
    const done = await lease.step({ changes, part, ...(isLast ? { state: 'done' as const } : {}) });
    this.logger.info({ job: job.id, part: part.number, recordings: part.recordings }, 'a part of an archive is whole');
    return done;
  }

  private async interrupted(job: ArchiveJob, lease: ArchiveJobLease, error: unknown, isEnding: boolean): Promise<void> {
    if (error instanceof JobLeftError || isEnding || lease.signal.reason instanceof JobLeftError)
      return lease.release({ changes: {} });
    const attempts = job.attempts + 1;
    const { code, text } = plainWords(error);
    this.logger.warn({ job: job.id, attempts, error: describeError(error) }, 'an archive job was interrupted');
    const notBefore = Date.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1));
    const isOver = lasting.has(code) || attempts >= maximumAttempts;
    if (!isOver) return lease.release({ changes: { attempts, waiting: text } }, notBefore);
    if (job.state === 'running')
      return lease.release(
        { changes: { attempts, waiting: undefined, error: { code, text } }, state: 'failed' },
        notBefore,
      );
    this.logger.error(
      { job: job.id, unfinished: job.unfinished, sealed: job.sealed },
      'a file of an archive job is left',
    );
    return lease.release({ changes: { unfinished: undefined, sealed: undefined, waiting: undefined } }, notBefore);
  }
}

/** What administrators read of a failure. */
function plainWords(error: unknown): { readonly code: ErrorCode; readonly text: string } {
  const { code, publicDetail } = error instanceof RcsError ? error : toRcsError(error);
  const { title, remedy } = errorRegistry[code];
  return { code, text: publicDetail === undefined ? `${title}: ${remedy}` : `${title}: ${publicDetail}` };
}
