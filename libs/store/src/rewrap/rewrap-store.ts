import type { MediaFile, Recording } from '../recordings/recording.js';
import type { EnvelopePosition, RewrapRun, RewrapStep } from './rewrap-run.js';

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
  /** For each group of recipients how many recordings have a media file for one of them, asked at once. */
  countRecordings(contactCenter: string, groups: readonly (readonly string[])[]): Promise<readonly number[]>;

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
  create(run: RewrapRun): Promise<RewrapRun>;

  find(contactCenter: string, id: string): Promise<RewrapRun | undefined>;

  /** The newest first. */
  list(contactCenter: string): Promise<readonly RewrapRun[]>;

  /** Takes a run that goes on and that nobody holds; undefined when there is none. */
  claim(claim: RewrapClaim): Promise<RewrapRun | undefined>;

  /**
   * Writes replacements, counts and position in one transaction, so that a run that dies goes on where it stood and
   * counts nothing twice. An envelope that is not as expected any more counts as failed.
   * @returns the run as it is now; undefined when the owner lost it: nothing is written then.
   */
  step(step: RewrapStep): Promise<RewrapRun | undefined>;

  /** Gives a run back, to be claimed again not before `notBefore`; `waiting` says why. */
  release(runId: string, owner: string, notBefore: number, waiting: string | undefined): Promise<void>;

  /** Pauses or resumes a run that is not done; undefined when there is none such. */
  setState(contactCenter: string, id: string, state: 'running' | 'paused', at: string): Promise<RewrapRun | undefined>;
}
