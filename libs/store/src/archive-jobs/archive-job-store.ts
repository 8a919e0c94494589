import type { ArchiveJob, ArchiveJobProgress, ArchiveJobState, ArchivePart } from './archive-job.js';
import type { ArchiveSchedule } from './archive-schedule.js';

export interface ArchiveJobClaim {
  /** Unique in the cluster. */
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly leaseUntil: number;
}

/** What whoever holds a job writes of it, in one transaction. */
export interface ArchiveJobStep {
  readonly id: string;
  readonly owner: string;
  /** Members that are there and undefined are taken out. */
  readonly changes: Partial<ArchiveJobProgress>;
  /** A part that has its name now. */
  readonly part?: ArchivePart;
  /** Where it ends; a job that was cancelled meanwhile stays cancelled, and one that was paused does not fail. */
  readonly state?: 'failed' | 'done';
  readonly at: string;
  /** Milliseconds since the epoch until which the owner keeps it, or before which nobody takes it where it is given back. */
  readonly leaseUntil: number;
  readonly release: boolean;
}

export type ArchiveJobCount = Readonly<Record<ArchiveJobState, number>>;

/** So many that are done, failed or cancelled are remembered of a contact center; their files stay as they are. */
export const rememberedArchiveJobs = 200;

/**
 * Archives that are made here, and when one is made by itself. Every method rejects with RCS_STORE_UNAVAILABLE while the
 * database cannot serve.
 */
export interface ArchiveJobStore {
  /** False where so many of the contact center are not at their end. Forgets the oldest that are. */
  create(job: ArchiveJob, mostOpen: number): Promise<boolean>;

  find(contactCenter: string, id: string): Promise<ArchiveJob | undefined>;

  /** The newest first. */
  list(contactCenter: string, limit: number): Promise<readonly ArchiveJob[]>;

  /** Parts that are whole, behind a number, in order. */
  parts(contactCenter: string, id: string, after: number, limit: number): Promise<readonly ArchivePart[]>;

  /** Takes a job that goes on, or left a file behind, and that nobody holds; undefined when there is none. */
  claim(claim: ArchiveJobClaim): Promise<ArchiveJob | undefined>;

  /** Keeps a job for longer. @returns it as it is now; undefined when the owner lost it. */
  renew(id: string, owner: string, leaseUntil: number): Promise<ArchiveJob | undefined>;

  /** @returns the job as it is now; undefined when the owner lost it: nothing is written then. */
  step(step: ArchiveJobStep): Promise<ArchiveJob | undefined>;

  /**
   * Pauses, resumes or cancels; whoever holds it hears of it when it renews. One that failed may be resumed.
   * @returns undefined when there is none such, or it is at its end.
   */
  setState(
    contactCenter: string,
    id: string,
    state: 'running' | 'paused' | 'cancelled',
    at: string,
  ): Promise<ArchiveJob | undefined>;

  /** Of all contact centers. */
  count(): Promise<ArchiveJobCount>;

  schedule(contactCenter: string): Promise<ArchiveSchedule | undefined>;

  /** Of all contact centers. */
  schedules(): Promise<readonly ArchiveSchedule[]>;

  /** In the place of the one before. Its last day never goes back: no day has two jobs. */
  putSchedule(schedule: ArchiveSchedule): Promise<ArchiveSchedule>;

  /** Resolves to false when there was none. */
  removeSchedule(contactCenter: string): Promise<boolean>;

  /**
   * Adds the job of a day, and notes the day; of all gateways one does.
   * @returns false, with nothing added, where the schedule is another one by now or the day has had its job.
   */
  startScheduled(job: ArchiveJob, day: string, version: string): Promise<boolean>;
}
