import type { MediaFile, Recording } from '../recordings/recording.js';
import type { EnvelopePosition, RewrapJob, RewrapStep } from './rewrap-job.js';

/** A media file with its recording. */
export interface StoredEnvelope {
  readonly recording: Recording;
  readonly mediaFile: MediaFile;
}

export interface RewrapClaim {
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly leaseUntil: number;
}

/**
 * Which envelopes name which recipients, and the runs that change them. Every method rejects with RCS_STORE_UNAVAILABLE
 * while the database cannot serve.
 */
export interface RewrapStore {
  /** How many recordings have a media file for one of the recipients. */
  countRecordings(contactCenter: string, recipients: readonly string[]): Promise<number>;

  /** How many media files are for one of the recipients. */
  countMediaFiles(contactCenter: string, recipients: readonly string[]): Promise<number>;

  /** Media files for one of the recipients, in the order of their positions. */
  page(
    contactCenter: string,
    recipients: readonly string[],
    after: EnvelopePosition | undefined,
    limit: number,
  ): Promise<readonly StoredEnvelope[]>;

  /** Adds a run. While another from the same certificate is running or paused that one is returned instead. */
  create(job: RewrapJob): Promise<RewrapJob>;

  find(contactCenter: string, id: string): Promise<RewrapJob | undefined>;

  /** The newest first. */
  list(contactCenter: string): Promise<readonly RewrapJob[]>;

  /** Takes a running job that nobody holds; undefined when there is none. */
  claim(claim: RewrapClaim): Promise<RewrapJob | undefined>;

  /**
   * Writes replacements, counts and position in one transaction, so that a run that dies goes on where it stood and
   * counts nothing twice. An envelope that is not as expected any more counts as failed.
   * @returns the job as it is now; undefined when the owner lost it: nothing is written then.
   */
  step(step: RewrapStep): Promise<RewrapJob | undefined>;

  /** Gives a job back, to be claimed again not before `notBefore`; `waiting` says why. */
  release(jobId: string, owner: string, notBefore: number, waiting: string | undefined): Promise<void>;

  /** Pauses or resumes a job that is not done; undefined when there is none such. */
  setState(contactCenter: string, id: string, state: 'running' | 'paused', at: string): Promise<RewrapJob | undefined>;
}
