import { textTable } from '../terminal/text-table.js';

/** A job as the gateway answers it. */
export interface ArchiveJobAnswer {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly destination: { readonly storage: string; readonly path: string };
  readonly name: string;
  readonly counts: {
    readonly parts: number;
    readonly recordings: number;
    readonly mediaFiles: number;
    readonly bytes: number;
    readonly leftOut: number;
  };
  readonly leftOut: readonly {
    readonly recording: string;
    readonly mediaFile?: string;
    readonly code: string;
    readonly reason: string;
  }[];
  readonly waiting?: string;
  readonly error?: { readonly code: string; readonly text: string };
  readonly scheduledFor?: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

export interface ArchivePartAnswer {
  readonly number: number;
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
  readonly recordings: number;
}

export interface ArchiveScheduleAnswer {
  readonly at: string;
  readonly age: { readonly minimumDays: number; readonly maximumDays: number };
  readonly reason: string;
  readonly destination: { readonly storage: string; readonly path: string };
  readonly setBy: string;
  readonly setAt: string;
  readonly lastDay: string;
}

/** What stands behind the state of a job. */
const why = ({ waiting, error }: ArchiveJobAnswer): string =>
  error?.text ?? (waiting === undefined ? '' : `waits: ${waiting}`);

export function jobsText(jobs: readonly ArchiveJobAnswer[]): string {
  if (jobs.length === 0) return 'none';
  const rows = jobs.map(job => [
    ...[job.id, job.createdAt, job.state, String(job.counts.parts), String(job.counts.recordings)],
    ...[String(job.counts.bytes), why(job)],
  ]);
  return textTable(['Job', 'Begun', 'State', 'Parts', 'Recordings', 'Bytes', ''], rows);
}

export function jobText(job: ArchiveJobAnswer, parts: readonly ArchivePartAnswer[] = []): string {
  const { counts, destination, scheduledFor, leftOut } = job;
  const reason = why(job);
  return [
    `${job.id}: ${job.state}${reason === '' ? '' : `, ${reason}`}`,
    `${JSON.stringify(job.createdBy)} asked for it at ${job.createdAt}: ${JSON.stringify(job.reason)}`,
    ...(scheduledFor === undefined ? [] : [`it is that of the schedule for ${scheduledFor}`]),
    `into ${destination.storage} ${destination.path}/${job.name}-*.zip`,
    `${counts.parts} parts with ${counts.recordings} recordings, ${counts.mediaFiles} media files, ${counts.bytes} bytes; ${counts.leftOut} left out`,
    ...parts.map(({ number, path, length, sha256, recordings }) =>
      [`part ${number}:`, path, `${length} bytes,`, `${recordings} recordings, SHA-256 ${sha256}`].join(' '),
    ),
    ...leftOut.map(
      ({ recording, mediaFile = 'the recording', code, reason: because }) =>
        `left out: ${JSON.stringify(mediaFile)} of ${JSON.stringify(recording)}: ${code}, ${because}`,
    ),
  ].join('\n');
}

export function scheduleText({ at, age, reason, destination, setBy, setAt, lastDay }: ArchiveScheduleAnswer): string {
  const { minimumDays, maximumDays } = age;
  const days =
    maximumDays - minimumDays === 1
      ? `the day ${minimumDays + 1} days ago`
      : `the days from ${maximumDays} to ${minimumDays + 1} days ago`;
  return [
    `each day at ${at} UTC: ${days === 'the day 1 days ago' ? 'the day before' : days}, ${JSON.stringify(reason)}`,
    `into ${destination.storage} ${destination.path}`,
    `${JSON.stringify(setBy)} set it at ${setAt}; the last day that is done with is ${lastDay}`,
  ].join('\n');
}
