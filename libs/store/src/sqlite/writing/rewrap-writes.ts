import type Database from 'better-sqlite3';
import type { Recording } from '../../recordings/recording.js';
import type { EnvelopeReplacement, RewrapFailure, RewrapJob, RewrapStep } from '../../rewrap/rewrap-job.js';
import type { RewrapClaim } from '../../rewrap/rewrap-store.js';
import { RecipientTable } from './recipient-table.js';
import type { WriteHandlers } from './write-operation.js';

interface JobRow {
  readonly document: string;
  readonly owner: string | null;
}

export type RewrapWrites = {
  createRewrap: { input: RewrapJob; result: RewrapJob };
  /** null: nothing to do. */
  claimRewrap: { input: RewrapClaim; result: RewrapJob | null };
  /** null: the owner lost the job. */
  stepRewrap: { input: RewrapStep; result: RewrapJob | null };
  releaseRewrap: {
    input: { jobId: string; owner: string; notBefore: number; waiting: string | undefined };
    result: null;
  };
  setRewrapState: {
    input: { contactCenter: string; id: string; state: 'running' | 'paused'; at: string };
    result: RewrapJob | null;
  };
};

const keptFailures = 100;

export function rewrapWrites(database: Database.Database): WriteHandlers<RewrapWrites> {
  const insert = database.prepare<[string, string, string, string, string]>(
    'INSERT INTO rewrap_job (id, contact_center, created_at, state, document) VALUES (?, ?, ?, ?, ?)',
  );
  const unfinished = database.prepare<[string], JobRow>(
    `SELECT document, owner FROM rewrap_job WHERE contact_center = ? AND state <> 'done'`,
  );
  const free = database.prepare<[number], JobRow>(
    `SELECT document, owner FROM rewrap_job WHERE state = 'running' AND lease_until < ? ORDER BY lease_until LIMIT 1`,
  );
  const lease = database.prepare<[string, number, string]>(
    'UPDATE rewrap_job SET owner = ?, lease_until = ? WHERE id = ?',
  );
  const find = database.prepare<[string], JobRow>('SELECT document, owner FROM rewrap_job WHERE id = ?');
  const update = database.prepare<[string, string, string]>(
    'UPDATE rewrap_job SET state = ?, document = ? WHERE id = ?',
  );
  const envelopes = new EnvelopeWriter(database);

  const put = (job: RewrapJob): RewrapJob => {
    update.run(job.state, JSON.stringify(job), job.id);
    return job;
  };
  const held = (jobId: string, owner: string): RewrapJob | undefined => {
    const row = find.get(jobId);
    return row?.owner === owner ? parse(row) : undefined;
  };

  return {
    createRewrap(job) {
      const other = unfinished
        .all(job.contactCenter)
        .map(parse)
        .find(({ from }) => from === job.from);
      if (other !== undefined) return other;
      insert.run(job.id, job.contactCenter, job.createdAt, job.state, JSON.stringify(job));
      return job;
    },

    claimRewrap({ owner, now, leaseUntil }) {
      const row = free.get(now);
      if (row === undefined) return null;
      const job = parse(row);
      lease.run(owner, leaseUntil, job.id);
      return job;
    },

    stepRewrap(step) {
      const job = held(step.jobId, step.owner);
      if (job?.state !== 'running') return null;
      const changed = step.replacements.filter(replacement => !envelopes.replace(job.contactCenter, replacement));
      lease.run(step.owner, step.leaseUntil, job.id);
      return put(advance(job, step, changed));
    },

    releaseRewrap({ jobId, owner, notBefore, waiting }) {
      const job = held(jobId, owner);
      if (job === undefined) return null;
      put({ ...job, waiting });
      lease.run('', notBefore, jobId);
      return null;
    },

    setRewrapState({ contactCenter, id, state, at }) {
      const row = find.get(id);
      const job = row === undefined ? undefined : parse(row);
      if (job?.contactCenter !== contactCenter || job.state === 'done') return null;
      lease.run('', 0, id);
      return put({ ...job, state, updatedAt: at });
    },
  };
}

function advance(job: RewrapJob, step: RewrapStep, changed: readonly EnvelopeReplacement[]): RewrapJob {
  const lost = changed.map(({ recordingId, mediaId }): RewrapFailure => ({
    recordingId,
    mediaId,
    reason: 'the envelope changed while it was rewrapped',
  }));
  const failures = [...step.failures, ...lost];
  const { counts } = job;
  return {
    ...job,
    waiting: undefined,
    state: step.done ? 'done' : 'running',
    ...(step.position === undefined ? {} : { position: step.position }),
    counts: {
      total: counts.total,
      rewrapped: counts.rewrapped + step.replacements.length - lost.length,
      unchanged: counts.unchanged + step.unchanged,
      notRewrappable: counts.notRewrappable + step.notRewrappable,
      failed: counts.failed + failures.length,
    },
    failures: [...job.failures, ...failures].slice(0, keptFailures),
    updatedAt: step.at,
  };
}

/** Puts envelopes in the place of others. */
class EnvelopeWriter {
  private readonly find;
  private readonly update;
  private readonly recipients: RecipientTable;

  constructor(database: Database.Database) {
    this.find = database.prepare<[string], { readonly document: string }>(
      'SELECT document FROM recording WHERE id = ?',
    );
    this.update = database.prepare<[string, string]>('UPDATE recording SET document = ? WHERE id = ?');
    this.recipients = new RecipientTable(database);
  }

  /** False when the envelope is not the expected one any more. */
  replace(contactCenter: string, replacement: EnvelopeReplacement): boolean {
    const { recordingId, mediaId, expected, pkcs7, certAlias, recipients } = replacement;
    const row = this.find.get(recordingId);
    if (row === undefined) return false;
    const recording = JSON.parse(row.document) as Recording;
    const index = recording.mediaFiles.findIndex(file => file.mediaId === mediaId && file.pkcs7 === expected);
    if (index === -1 || recording.contactCenter !== contactCenter) return false;
    const mediaFiles = recording.mediaFiles.map((file, place) =>
      place === index ? { ...file, pkcs7, certAlias, recipients } : file,
    );
    this.update.run(JSON.stringify({ ...recording, mediaFiles }), recordingId);
    this.recipients.replace(contactCenter, recordingId, mediaId, recipients);
    return true;
  }
}

const parse = (row: JobRow): RewrapJob => JSON.parse(row.document) as RewrapJob;
