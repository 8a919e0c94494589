import { jobCount } from '../archive-jobs/advance-job.js';
import type { ArchiveJob, ArchiveJobState, ArchivePart } from '../archive-jobs/archive-job.js';
import type { ArchiveJobStore } from '../archive-jobs/archive-job-store.js';
import type { ArchiveSchedule } from '../archive-jobs/archive-schedule.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { storedThing } from './stored-thing.js';
import { archiveJobWrites, isFree, type ArchiveJobWrites } from './writing/archive-job-writes.js';

interface DocumentRow {
  readonly document: string;
}

const parsed = ({ document }: DocumentRow): unknown => JSON.parse(document);

function reading({ database }: DatabaseReader) {
  return {
    find: database.prepare<[string, string], DocumentRow>(
      'SELECT document FROM archive_job WHERE contact_center = ? AND id = ?',
    ),
    list: database.prepare<[string, number], DocumentRow>(
      'SELECT document FROM archive_job WHERE contact_center = ? ORDER BY created_at DESC, id LIMIT ?',
    ),
    parts: database.prepare<[string, string, number, number], DocumentRow>(
      `SELECT p.document FROM archive_part AS p JOIN archive_job AS j ON j.id = p.job_id
       WHERE j.contact_center = ? AND j.id = ? AND p.number > ? ORDER BY p.number LIMIT ?`,
    ),
    count: database.prepare<[], { readonly state: ArchiveJobState; readonly count: number }>(
      'SELECT state, COUNT(*) AS count FROM archive_job GROUP BY state',
    ),
    schedule: database.prepare<[string], DocumentRow>('SELECT document FROM archive_schedule WHERE contact_center = ?'),
    free: database.prepare<[number]>(`SELECT 1 FROM archive_job WHERE ${isFree} LIMIT 1`),
    schedules: database.prepare<[], DocumentRow>('SELECT document FROM archive_schedule ORDER BY contact_center'),
  };
}

export const archiveJobs = storedThing<ArchiveJobWrites, ArchiveJobStore>({
  migrations: [
    {
      version: 21,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE archive_job (
          id TEXT NOT NULL PRIMARY KEY,
          contact_center TEXT NOT NULL,
          created_at TEXT NOT NULL,
          state TEXT NOT NULL,
          scheduled_for TEXT, -- yyyy-MM-dd
          leaves_file INTEGER NOT NULL, -- 1: a file may lie in the storage that is no part
          owner TEXT NOT NULL DEFAULT '',
          lease_until INTEGER NOT NULL DEFAULT 0, -- milliseconds since 1970-01-01T00:00:00Z
          document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX archive_job_by_contact_center ON archive_job (contact_center, created_at);
        CREATE INDEX archive_job_by_state ON archive_job (state, lease_until);
        -- No day has two.
        CREATE UNIQUE INDEX archive_job_by_day ON archive_job (contact_center, scheduled_for)
          WHERE scheduled_for IS NOT NULL;
        CREATE TABLE archive_part (
          job_id TEXT NOT NULL REFERENCES archive_job (id) ON DELETE CASCADE,
          number INTEGER NOT NULL,
          document TEXT NOT NULL,
          PRIMARY KEY (job_id, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE archive_schedule (
          contact_center TEXT NOT NULL PRIMARY KEY,
          document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
      `,
    },
  ],

  writes: archiveJobWrites,

  open(reader, writer) {
    const statements = reading(reader);
    return {
      create: (job, mostOpen) => writer.write('createArchiveJob', { job, mostOpen }),
      find: (contactCenter, id) =>
        reader.read(() => {
          const row = statements.find.get(contactCenter, id);
          return row === undefined ? undefined : (parsed(row) as ArchiveJob);
        }),
      list: (contactCenter, limit) =>
        reader.read(() => statements.list.all(contactCenter, limit).map(row => parsed(row) as ArchiveJob)),
      parts: (contactCenter, id, after, limit) =>
        reader.read(() => statements.parts.all(contactCenter, id, after, limit).map(row => parsed(row) as ArchivePart)),
      async claim(claim) {
        // Gateways ask every second: where there is nothing, the thread that writes sleeps on.
        const isAny = await reader.read(() => statements.free.get(claim.now) !== undefined);
        return isAny ? ((await writer.write('claimArchiveJob', claim)) ?? undefined) : undefined;
      },
      renew: async (id, owner, leaseUntil) =>
        (await writer.write('renewArchiveJob', { id, owner, leaseUntil })) ?? undefined,
      step: async step => (await writer.write('stepArchiveJob', step)) ?? undefined,
      setState: async (contactCenter, id, state, at) =>
        (await writer.write('setArchiveJobState', { contactCenter, id, state, at })) ?? undefined,
      count: () => reader.read(() => jobCount(statements.count.all())),
      schedule: contactCenter =>
        reader.read(() => {
          const row = statements.schedule.get(contactCenter);
          return row === undefined ? undefined : (parsed(row) as ArchiveSchedule);
        }),
      schedules: () => reader.read(() => statements.schedules.all().map(row => parsed(row) as ArchiveSchedule)),
      putSchedule: schedule => writer.write('putArchiveSchedule', schedule),
      removeSchedule: contactCenter => writer.write('removeArchiveSchedule', { contactCenter }),
      startScheduled: (job, day, version) => writer.write('startScheduledArchive', { job, day, version }),
    };
  },
});
