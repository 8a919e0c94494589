import type { ArchiveJob, ArchiveJobState } from './archive-job.js';
import type { ArchiveJobCount, ArchiveJobStep } from './archive-job-store.js';
import { archiveJobStates } from './archive-job.js';

/** The job after a step of whoever holds it. */
export function advanceJob(job: ArchiveJob, { changes, state, at }: ArchiveJobStep): ArchiveJob {
  return { ...job, ...changes, state: nextState(job.state, state), updatedAt: at };
}

function nextState(now: ArchiveJobState, wanted: 'failed' | 'done' | undefined): ArchiveJobState {
  if (wanted === undefined || now === 'cancelled') return now;
  return wanted === 'done' || now === 'running' ? wanted : now;
}

/** The job as somebody wants it; undefined where it is at its end. */
export function jobInState(
  job: ArchiveJob,
  state: 'running' | 'paused' | 'cancelled',
  at: string,
): ArchiveJob | undefined {
  if (job.state === 'done' || job.state === 'cancelled') return undefined;
  // It failed: there is nothing to pause.
  if (job.state === 'failed' && state === 'paused') return undefined;
  const again = state === 'running' ? { attempts: 0, waiting: undefined, error: undefined } : { waiting: undefined };
  return { ...job, ...again, state, updatedAt: at };
}

/** Whether a file may lie in the storage that is no part. */
export const leavesFile = ({ unfinished, sealed }: ArchiveJob): boolean =>
  unfinished !== undefined || sealed !== undefined;

export const openStates: readonly ArchiveJobState[] = ['running', 'paused'];

export function jobCount(rows: readonly { readonly state: ArchiveJobState; readonly count: number }[]) {
  const countOf = (state: ArchiveJobState): number => rows.find(row => row.state === state)?.count ?? 0;
  return Object.fromEntries(archiveJobStates.map(state => [state, countOf(state)])) as ArchiveJobCount;
}
