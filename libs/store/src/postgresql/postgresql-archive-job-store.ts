import { advanceJob, jobCount, jobInState, leavesFile } from '../archive-jobs/advance-job.js';
import type { ArchiveJob, ArchiveJobState, ArchivePart } from '../archive-jobs/archive-job.js';
import {
  rememberedArchiveJobs,
  type ArchiveJobClaim,
  type ArchiveJobCount,
  type ArchiveJobStep,
  type ArchiveJobStore,
} from '../archive-jobs/archive-job-store.js';
import type { ArchiveSchedule } from '../archive-jobs/archive-schedule.js';
import { documentIn, documentsIn } from './document-row.js';
import { byServer } from './earlier-now.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { lockName } from './scoped-lock.js';
import type { Sql } from './sql.js';

/** Parts go with their job. */
const forgetText = `
  DELETE FROM archive_job WHERE id IN (
    SELECT id FROM archive_job
    WHERE contact_center = $1 AND state NOT IN ('running', 'paused') AND leaves_file = 0
    ORDER BY created_at DESC, id OFFSET ${rememberedArchiveJobs})`;
const scheduleText = 'SELECT document FROM archive_schedule WHERE contact_center = $1';

export class PostgresqlArchiveJobStore implements ArchiveJobStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  create(job: ArchiveJob, mostOpen: number): Promise<boolean> {
    const openText = `
      SELECT COUNT(*) AS count FROM archive_job WHERE contact_center = $1 AND state IN ('running', 'paused')`;
    return this.database.transaction(async sql => {
      await lockName(sql, `archive jobs of ${job.contactCenter}`);
      const open = await sql.first<{ readonly count: number }>(openText, [job.contactCenter]);
      return (open?.count ?? 0) < mostOpen && insert(sql, job);
    });
  }

  find(contactCenter: string, id: string): Promise<ArchiveJob | undefined> {
    const text = 'SELECT document FROM archive_job WHERE contact_center = $1 AND id = $2';
    return this.database.read(sql => documentIn<ArchiveJob>(sql, text, [contactCenter, id]));
  }

  list(contactCenter: string, limit: number): Promise<readonly ArchiveJob[]> {
    const text = 'SELECT document FROM archive_job WHERE contact_center = $1 ORDER BY created_at DESC, id LIMIT $2';
    return this.database.read(sql => documentsIn<ArchiveJob>(sql, text, [contactCenter, limit]));
  }

  parts(contactCenter: string, id: string, after: number, limit: number): Promise<readonly ArchivePart[]> {
    const text = `
      SELECT p.document FROM archive_part AS p JOIN archive_job AS j ON j.id = p.job_id
      WHERE j.contact_center = $1 AND j.id = $2 AND p.number > $3 ORDER BY p.number LIMIT $4`;
    return this.database.read(sql => documentsIn<ArchivePart>(sql, text, [contactCenter, id, after, limit]));
  }

  claim({ owner, now, leaseUntil }: ArchiveJobClaim): Promise<ArchiveJob | undefined> {
    const text = `
      UPDATE archive_job SET owner = $1, lease_until = ${byServer('$2', '$4')} WHERE id = (
        SELECT id FROM archive_job WHERE (state = 'running' OR leaves_file = 1) AND lease_until < ${byServer('$3', '$4')}
        ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING document`;
    return this.database.transaction(sql => documentIn<ArchiveJob>(sql, text, [owner, leaseUntil, now, Date.now()]));
  }

  renew(id: string, owner: string, leaseUntil: number): Promise<ArchiveJob | undefined> {
    const text = `UPDATE archive_job SET lease_until = ${byServer('$1', '$4')} WHERE id = $2 AND owner = $3
                  RETURNING document`;
    return this.database.transaction(sql => documentIn<ArchiveJob>(sql, text, [leaseUntil, id, owner, Date.now()]));
  }

  step(step: ArchiveJobStep): Promise<ArchiveJob | undefined> {
    const heldText = 'SELECT document FROM archive_job WHERE id = $1 AND owner = $2 FOR UPDATE';
    const partText = 'INSERT INTO archive_part (job_id, number, document) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
    return this.database.transaction(async sql => {
      const job = await documentIn<ArchiveJob>(sql, heldText, [step.id, step.owner]);
      if (job === undefined) return undefined;
      const { part } = step;
      if (part !== undefined) await sql.run(partText, [job.id, part.number, JSON.stringify(part)]);
      await lease(sql, job.id, step.release ? '' : step.owner, step.leaseUntil);
      return put(sql, advanceJob(job, step));
    });
  }

  setState(
    contactCenter: string,
    id: string,
    state: 'running' | 'paused' | 'cancelled',
    at: string,
  ): Promise<ArchiveJob | undefined> {
    const text = 'SELECT document, owner FROM archive_job WHERE id = $1 AND contact_center = $2 FOR UPDATE';
    return this.database.transaction(async sql => {
      const row = await sql.first<{ readonly document: string; readonly owner: string }>(text, [id, contactCenter]);
      if (row === undefined) return undefined;
      const job = jobInState(JSON.parse(row.document) as ArchiveJob, state, at);
      if (job === undefined) return undefined;
      if (row.owner === '') await lease(sql, id, '', 0);
      return put(sql, job);
    });
  }

  async count(): Promise<ArchiveJobCount> {
    const text = 'SELECT state, COUNT(*) AS count FROM archive_job GROUP BY state';
    const rows = await this.database.read(sql =>
      sql.all<{ readonly state: ArchiveJobState; readonly count: number }>(text),
    );
    return jobCount(rows);
  }

  schedule(contactCenter: string): Promise<ArchiveSchedule | undefined> {
    return this.database.read(sql => documentIn<ArchiveSchedule>(sql, scheduleText, [contactCenter]));
  }

  schedules(): Promise<readonly ArchiveSchedule[]> {
    const text = 'SELECT document FROM archive_schedule ORDER BY contact_center';
    return this.database.read(sql => documentsIn<ArchiveSchedule>(sql, text));
  }

  putSchedule(schedule: ArchiveSchedule): Promise<ArchiveSchedule> {
    return this.database.transaction(async sql => {
      const { contactCenter } = schedule;
      await lockName(sql, `archive schedule of ${contactCenter}`);
      const { lastDay = '' } = (await documentIn<ArchiveSchedule>(sql, scheduleText, [contactCenter])) ?? {};
      return putSchedule(sql, { ...schedule, lastDay: lastDay > schedule.lastDay ? lastDay : schedule.lastDay });
    });
  }

  removeSchedule(contactCenter: string): Promise<boolean> {
    const text = 'DELETE FROM archive_schedule WHERE contact_center = $1';
    return this.database.transaction(async sql => (await sql.run(text, [contactCenter])) > 0);
  }

  startScheduled(job: ArchiveJob, day: string, version: string): Promise<boolean> {
    const dayText = 'SELECT document FROM archive_job WHERE contact_center = $1 AND scheduled_for = $2';
    return this.database.transaction(async sql => {
      const { contactCenter } = job;
      await lockName(sql, `archive schedule of ${contactCenter}`);
      const schedule = await documentIn<ArchiveSchedule>(sql, scheduleText, [contactCenter]);
      if (schedule?.version !== version || schedule.lastDay >= day) return false;
      await putSchedule(sql, { ...schedule, lastDay: day });
      return (await documentIn(sql, dayText, [contactCenter, day])) === undefined && insert(sql, job);
    });
  }
}

async function insert(sql: Sql, job: ArchiveJob): Promise<true> {
  const { id, contactCenter, createdAt, state, scheduledFor } = job;
  const text = `
    INSERT INTO archive_job (id, contact_center, created_at, state, scheduled_for, leaves_file, document)
    VALUES ($1, $2, $3, $4, $5, 0, $6)`;
  await sql.run(text, [id, contactCenter, createdAt, state, scheduledFor ?? null, JSON.stringify(job)]);
  await sql.run(forgetText, [contactCenter]);
  return true;
}

async function lease(sql: Sql, id: string, owner: string, until: number): Promise<void> {
  const text = `UPDATE archive_job SET owner = $1, lease_until = ${byServer('$2', '$4')} WHERE id = $3`;
  await sql.run(text, [owner, until, id, Date.now()]);
}

async function put(sql: Sql, job: ArchiveJob): Promise<ArchiveJob> {
  const text = 'UPDATE archive_job SET state = $1, leaves_file = $2, document = $3 WHERE id = $4';
  await sql.run(text, [job.state, leavesFile(job) ? 1 : 0, JSON.stringify(job), job.id]);
  return job;
}

async function putSchedule(sql: Sql, schedule: ArchiveSchedule): Promise<ArchiveSchedule> {
  const text = `INSERT INTO archive_schedule (contact_center, document) VALUES ($1, $2)
                ON CONFLICT (contact_center) DO UPDATE SET document = excluded.document`;
  await sql.run(text, [schedule.contactCenter, JSON.stringify(schedule)]);
  return schedule;
}
