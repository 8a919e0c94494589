import type Database from 'better-sqlite3';
import { advanceJob, jobInState, leavesFile } from '../../archive-jobs/advance-job.js';
import type { ArchiveJob } from '../../archive-jobs/archive-job.js';
import {
  rememberedArchiveJobs,
  type ArchiveJobClaim,
  type ArchiveJobStep,
} from '../../archive-jobs/archive-job-store.js';
import type { ArchiveSchedule } from '../../archive-jobs/archive-schedule.js';
import type { WriteHandlers } from './write-operation.js';

interface JobRow {
  readonly document: string;
  readonly owner: string;
}

export type ArchiveJobWrites = {
  createArchiveJob: { input: { job: ArchiveJob; mostOpen: number }; result: boolean };
  /** null: nothing to do. */
  claimArchiveJob: { input: ArchiveJobClaim; result: ArchiveJob | null };
  /** null: the owner lost it. */
  renewArchiveJob: { input: { id: string; owner: string; leaseUntil: number }; result: ArchiveJob | null };
  stepArchiveJob: { input: ArchiveJobStep; result: ArchiveJob | null };
  setArchiveJobState: {
    input: { contactCenter: string; id: string; state: 'running' | 'paused' | 'cancelled'; at: string };
    result: ArchiveJob | null;
  };
  putArchiveSchedule: { input: ArchiveSchedule; result: ArchiveSchedule };
  removeArchiveSchedule: { input: { contactCenter: string }; result: boolean };
  startScheduledArchive: { input: { job: ArchiveJob; day: string; version: string }; result: boolean };
};

/** There is something to do of a job, and nobody does it at this time. */
export const isFree = "(state = 'running' OR leaves_file = 1) AND lease_until < ?";

export function archiveJobWrites(database: Database.Database): WriteHandlers<ArchiveJobWrites> {
  const jobs = new JobTable(database);
  const schedules = new ScheduleTable(database);
  return {
    createArchiveJob: ({ job, mostOpen }) => jobs.countOpen(job.contactCenter) < mostOpen && jobs.insert(job),
    claimArchiveJob: ({ owner, now, leaseUntil }) => {
      const job = jobs.free(now);
      if (job !== undefined) jobs.lease(job.id, owner, leaseUntil);
      return job ?? null;
    },
    renewArchiveJob: ({ id, owner, leaseUntil }) => {
      const job = jobs.held(id, owner);
      if (job !== undefined) jobs.lease(id, owner, leaseUntil);
      return job ?? null;
    },
    stepArchiveJob: step => {
      const job = jobs.held(step.id, step.owner);
      if (job === undefined) return null;
      if (step.part !== undefined) jobs.putPart(job.id, step.part);
      jobs.lease(job.id, step.release ? '' : step.owner, step.leaseUntil);
      return jobs.put(advanceJob(job, step));
    },
    setArchiveJobState: ({ contactCenter, id, state, at }) => {
      const found = jobs.find(id);
      if (found?.job.contactCenter !== contactCenter) return null;
      const job = jobInState(found.job, state, at);
      if (job === undefined) return null;
      if (found.owner === '') jobs.lease(id, '', 0);
      return jobs.put(job);
    },
    putArchiveSchedule: schedule => {
      const { lastDay = '' } = schedules.find(schedule.contactCenter) ?? {};
      return schedules.put({ ...schedule, lastDay: lastDay > schedule.lastDay ? lastDay : schedule.lastDay });
    },
    removeArchiveSchedule: ({ contactCenter }) => schedules.remove(contactCenter),
    startScheduledArchive: ({ job, day, version }) => {
      const schedule = schedules.find(job.contactCenter);
      if (schedule?.version !== version || schedule.lastDay >= day) return false;
      schedules.put({ ...schedule, lastDay: day });
      return !jobs.hasDay(job.contactCenter, day) && jobs.insert(job);
    },
  };
}

class JobTable {
  private readonly statements;

  constructor(database: Database.Database) {
    this.statements = {
      insert: database.prepare<[string, string, string, string, string | null, string]>(
        `INSERT INTO archive_job (id, contact_center, created_at, state, scheduled_for, leaves_file, document)
         VALUES (?, ?, ?, ?, ?, 0, ?)`,
      ),
      open: database
        .prepare<[string], number>(
          `SELECT COUNT(*) FROM archive_job WHERE contact_center = ? AND state IN ('running', 'paused')`,
        )
        .pluck(),
      old: database
        .prepare<[string], string>(
          `SELECT id FROM archive_job
           WHERE contact_center = ? AND state NOT IN ('running', 'paused') AND leaves_file = 0
           ORDER BY created_at DESC, id LIMIT -1 OFFSET ${rememberedArchiveJobs}`,
        )
        .pluck(),
      day: database.prepare<[string, string]>(
        'SELECT 1 FROM archive_job WHERE contact_center = ? AND scheduled_for = ?',
      ),
      forgetParts: database.prepare<[string]>('DELETE FROM archive_part WHERE job_id = ?'),
      forget: database.prepare<[string]>('DELETE FROM archive_job WHERE id = ?'),
      free: database.prepare<[number], JobRow>(
        `SELECT document, owner FROM archive_job WHERE ${isFree} ORDER BY lease_until LIMIT 1`,
      ),
      find: database.prepare<[string], JobRow>('SELECT document, owner FROM archive_job WHERE id = ?'),
      lease: database.prepare<[string, number, string]>(
        'UPDATE archive_job SET owner = ?, lease_until = ? WHERE id = ?',
      ),
      put: database.prepare<[string, number, string, string]>(
        'UPDATE archive_job SET state = ?, leaves_file = ?, document = ? WHERE id = ?',
      ),
      part: database.prepare<[string, number, string]>(
        'INSERT INTO archive_part (job_id, number, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ),
    };
  }

  countOpen(contactCenter: string): number {
    return this.statements.open.get(contactCenter) ?? 0;
  }

  insert(job: ArchiveJob): true {
    const { id, contactCenter, createdAt, state, scheduledFor } = job;
    this.statements.insert.run(id, contactCenter, createdAt, state, scheduledFor ?? null, JSON.stringify(job));
    for (const old of this.statements.old.all(contactCenter)) {
      this.statements.forgetParts.run(old);
      this.statements.forget.run(old);
    }
    return true;
  }

  hasDay(contactCenter: string, day: string): boolean {
    return this.statements.day.get(contactCenter, day) !== undefined;
  }

  free(now: number): ArchiveJob | undefined {
    const row = this.statements.free.get(now);
    return row === undefined ? undefined : (JSON.parse(row.document) as ArchiveJob);
  }

  find(id: string): { readonly job: ArchiveJob; readonly owner: string } | undefined {
    const row = this.statements.find.get(id);
    return row === undefined ? undefined : { job: JSON.parse(row.document) as ArchiveJob, owner: row.owner };
  }

  held(id: string, owner: string): ArchiveJob | undefined {
    const found = this.find(id);
    return found?.owner === owner ? found.job : undefined;
  }

  lease(id: string, owner: string, until: number): void {
    this.statements.lease.run(owner, until, id);
  }

  put(job: ArchiveJob): ArchiveJob {
    this.statements.put.run(job.state, leavesFile(job) ? 1 : 0, JSON.stringify(job), job.id);
    return job;
  }

  putPart(id: string, part: { readonly number: number }): void {
    this.statements.part.run(id, part.number, JSON.stringify(part));
  }
}

class ScheduleTable {
  private readonly statements;

  constructor(database: Database.Database) {
    this.statements = {
      find: database
        .prepare<[string], string>('SELECT document FROM archive_schedule WHERE contact_center = ?')
        .pluck(),
      put: database.prepare<[string, string]>(
        `INSERT INTO archive_schedule (contact_center, document) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET document = excluded.document`,
      ),
      remove: database.prepare<[string]>('DELETE FROM archive_schedule WHERE contact_center = ?'),
    };
  }

  find(contactCenter: string): ArchiveSchedule | undefined {
    const document = this.statements.find.get(contactCenter);
    return document === undefined ? undefined : (JSON.parse(document) as ArchiveSchedule);
  }

  put(schedule: ArchiveSchedule): ArchiveSchedule {
    this.statements.put.run(schedule.contactCenter, JSON.stringify(schedule));
    return schedule;
  }

  remove(contactCenter: string): boolean {
    return this.statements.remove.run(contactCenter).changes > 0;
  }
}
