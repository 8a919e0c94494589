import type Database from 'better-sqlite3';
import type { Recording } from '../../recordings/recording.js';
import { advance } from '../../rewrap/advance-run.js';
import type { EnvelopeReplacement, RewrapRun, RewrapStep } from '../../rewrap/rewrap-run.js';
import type { RewrapClaim } from '../../rewrap/rewrap-store.js';
import { RecipientTable } from './recipient-table.js';
import type { WriteHandlers } from './write-operation.js';

interface RunRow {
  readonly document: string;
  readonly owner: string | null;
}

export type RewrapWrites = {
  createRewrap: { input: RewrapRun; result: RewrapRun };
  /** null: nothing to do. */
  claimRewrap: { input: RewrapClaim; result: RewrapRun | null };
  /** null: the owner lost the run. */
  stepRewrap: { input: RewrapStep; result: RewrapRun | null };
  releaseRewrap: {
    input: { runId: string; owner: string; notBefore: number; waiting: string | undefined };
    result: null;
  };
  setRewrapState: {
    input: { contactCenter: string; id: string; state: 'running' | 'paused'; at: string };
    result: RewrapRun | null;
  };
};

/** A run that goes on and that nobody holds; of those that are done none is looked at. */
export const freeRun = `state <> 'done' AND state = 'running' AND lease_until < ?`;

export function rewrapWrites(database: Database.Database): WriteHandlers<RewrapWrites> {
  const insert = database.prepare<[string, string, string, string, string]>(
    'INSERT INTO rewrap_job (id, contact_center, created_at, state, document) VALUES (?, ?, ?, ?, ?)',
  );
  const unfinished = database.prepare<[string], RunRow>(
    `SELECT document, owner FROM rewrap_job WHERE contact_center = ? AND state <> 'done'`,
  );
  const free = database.prepare<[number], RunRow>(
    `SELECT document, owner FROM rewrap_job WHERE ${freeRun} ORDER BY lease_until LIMIT 1`,
  );
  const lease = database.prepare<[string, number, string]>(
    'UPDATE rewrap_job SET owner = ?, lease_until = ? WHERE id = ?',
  );
  const find = database.prepare<[string], RunRow>('SELECT document, owner FROM rewrap_job WHERE id = ?');
  const update = database.prepare<[string, string, string]>(
    'UPDATE rewrap_job SET state = ?, document = ? WHERE id = ?',
  );
  const envelopes = new EnvelopeWriter(database);

  const put = (run: RewrapRun): RewrapRun => {
    update.run(run.state, JSON.stringify(run), run.id);
    return run;
  };
  const held = (runId: string, owner: string): RewrapRun | undefined => {
    const row = find.get(runId);
    return row?.owner === owner ? parse(row) : undefined;
  };

  return {
    createRewrap(run) {
      const other = unfinished
        .all(run.contactCenter)
        .map(parse)
        .find(({ from }) => from === run.from);
      if (other !== undefined) return other;
      insert.run(run.id, run.contactCenter, run.createdAt, run.state, JSON.stringify(run));
      return run;
    },

    claimRewrap({ owner, now, leaseUntil }) {
      const row = free.get(now);
      if (row === undefined) return null;
      const run = parse(row);
      lease.run(owner, leaseUntil, run.id);
      return run;
    },

    stepRewrap(step) {
      const run = held(step.runId, step.owner);
      if (run?.state !== 'running') return null;
      const changed = step.replacements.filter(replacement => !envelopes.replace(run.contactCenter, replacement));
      lease.run(step.owner, step.leaseUntil, run.id);
      return put(advance(run, step, changed));
    },

    releaseRewrap({ runId, owner, notBefore, waiting }) {
      const run = held(runId, owner);
      if (run === undefined) return null;
      put({ ...run, waiting });
      lease.run('', notBefore, runId);
      return null;
    },

    setRewrapState({ contactCenter, id, state, at }) {
      const row = find.get(id);
      const run = row === undefined ? undefined : parse(row);
      if (run?.contactCenter !== contactCenter || run.state === 'done') return null;
      lease.run('', 0, id);
      return put({ ...run, state, updatedAt: at });
    },
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

const parse = (row: RunRow): RewrapRun => JSON.parse(row.document) as RewrapRun;
