import type { ArchiveJob, ArchivePart, ArchiveSchedule } from '#store';

/** A job as administrators see it. */
export function jobView(job: ArchiveJob) {
  const { id, state, destination, name, limits, counts, leftOut, waiting, error, createdAt, updatedAt } = job;
  const { reason, ...selection } = job.request;
  return {
    id,
    state,
    reason: String(reason),
    selection,
    destination,
    name,
    limits,
    counts,
    leftOut,
    ...(waiting === undefined ? {} : { waiting }),
    ...(error === undefined ? {} : { error }),
    ...(job.scheduledFor === undefined ? {} : { scheduledFor: job.scheduledFor }),
    createdAt,
    createdBy: job.createdBy.user,
    updatedAt,
  };
}

/** A schedule as administrators see it. */
export function scheduleView({ at, request, destination, limits, setBy, setAt, lastDay }: ArchiveSchedule) {
  const { reason, ...selection } = request;
  return {
    at,
    ...selection,
    reason: String(reason),
    destination,
    parts: limits,
    setBy: setBy.user,
    setAt,
    lastDay,
  };
}

export type ArchiveJobView = ReturnType<typeof jobView>;
export type ArchivePartView = ArchivePart;
