import type { ArchiveDestination, ArchiveOrderer, ArchivePartLimits } from './archive-job.js';

/** When a contact center's archive is made by itself: once a day. */
export interface ArchiveSchedule {
  readonly contactCenter: string;
  /** Of this state of it. */
  readonly version: string;
  /** Time of day in UTC, HH:mm. */
  readonly at: string;
  /** What is asked for each day, as gateways read it. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly destination: ArchiveDestination;
  readonly limits: ArchivePartLimits;
  /** Who set it, and with whose rights its archives are made. */
  readonly setBy: ArchiveOrderer;
  /** ISO 8601. */
  readonly setAt: string;
  /** The last day that had its job, or is to have none; yyyy-MM-dd. */
  readonly lastDay: string;
}
