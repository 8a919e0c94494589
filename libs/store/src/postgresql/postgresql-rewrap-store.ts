import type { Recording } from '../recordings/recording.js';
import { advance } from '../rewrap/advance-run.js';
import type { EnvelopePosition, EnvelopeReplacement, RewrapRun, RewrapStep } from '../rewrap/rewrap-run.js';
import type { RewrapClaim, RewrapStore, StoredEnvelope } from '../rewrap/rewrap-store.js';
import { documentIn, documentsIn } from './document-row.js';
import { replaceRecipients } from './media-rows.js';
import { byServer } from './earlier-now.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { lockName } from './scoped-lock.js';
import { countRecordings } from './recipient-counts.js';
import type { Sql } from './sql.js';

/** One short range per recipient instead of sorting all of them for every page. */
const pageText = `
  WITH position AS (
    SELECT DISTINCT p.recording_id, p.media_id
    FROM unnest($2::text[]) AS one (recipient) CROSS JOIN LATERAL (
      SELECT recording_id, media_id FROM media_recipient AS m
      WHERE m.contact_center = $1 AND m.recipient = one.recipient AND (m.recording_id, m.media_id) > ($3, $4)
      ORDER BY recording_id, media_id LIMIT $5) AS p
    ORDER BY 1, 2 LIMIT $5)
  SELECT r.document, position.media_id AS "mediaId" FROM position JOIN recording AS r ON r.id = position.recording_id
  ORDER BY position.recording_id, position.media_id`;

export class PostgresqlRewrapStore implements RewrapStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  countRecordings(contactCenter: string, groups: readonly (readonly string[])[]): Promise<readonly number[]> {
    return this.database.read(sql => countRecordings(sql, contactCenter, groups));
  }

  async countMediaFiles(contactCenter: string, recipients: readonly string[]): Promise<number> {
    const text = `SELECT COUNT(*) AS count FROM (
      SELECT DISTINCT recording_id, media_id FROM media_recipient
      WHERE contact_center = $1 AND recipient = ANY($2)) AS counted`;
    const row = await this.database.read(sql => sql.first<{ count: number }>(text, [contactCenter, recipients]));
    return row?.count ?? 0;
  }

  async page(
    contactCenter: string,
    recipients: readonly string[],
    after: EnvelopePosition | undefined,
    limit: number,
  ): Promise<readonly StoredEnvelope[]> {
    const { recordingId = '', mediaId = '' } = after ?? {};
    const values = [contactCenter, recipients, recordingId, mediaId, limit];
    const rows = await this.database.read(sql => sql.all<{ document: string; mediaId: string }>(pageText, values));
    return rows.flatMap(row => {
      const recording = JSON.parse(row.document) as Recording;
      const mediaFile = recording.mediaFiles.find(file => file.mediaId === row.mediaId);
      return mediaFile === undefined ? [] : [{ recording, mediaFile }];
    });
  }

  create(run: RewrapRun): Promise<RewrapRun> {
    const unfinished = `SELECT document FROM rewrap_job WHERE contact_center = $1 AND state <> 'done'`;
    return this.database.transaction(async sql => {
      await lockName(sql, `rewraps of ${run.contactCenter}`);
      const others = await documentsIn<RewrapRun>(sql, unfinished, [run.contactCenter]);
      const other = others.find(({ from }) => from === run.from);
      if (other !== undefined) return other;
      await sql.run(
        'INSERT INTO rewrap_job (id, contact_center, created_at, state, document) VALUES ($1, $2, $3, $4, $5)',
        [run.id, run.contactCenter, run.createdAt, run.state, JSON.stringify(run)],
      );
      return run;
    });
  }

  find(contactCenter: string, id: string): Promise<RewrapRun | undefined> {
    const text = 'SELECT document FROM rewrap_job WHERE contact_center = $1 AND id = $2';
    return this.database.read(sql => documentIn<RewrapRun>(sql, text, [contactCenter, id]));
  }

  list(contactCenter: string): Promise<readonly RewrapRun[]> {
    const text = 'SELECT document FROM rewrap_job WHERE contact_center = $1 ORDER BY created_at DESC, id';
    return this.database.read(sql => documentsIn<RewrapRun>(sql, text, [contactCenter]));
  }

  claim({ owner, now, leaseUntil }: RewrapClaim): Promise<RewrapRun | undefined> {
    const text = `
      UPDATE rewrap_job SET owner = $1, lease_until = ${byServer('$2', '$4')} WHERE id = (
        SELECT id FROM rewrap_job WHERE state = 'running' AND lease_until < ${byServer('$3', '$4')}
        ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING document`;
    return this.database.transaction(sql => documentIn<RewrapRun>(sql, text, [owner, leaseUntil, now, Date.now()]));
  }

  step(step: RewrapStep): Promise<RewrapRun | undefined> {
    return this.database.transaction(async sql => {
      const run = await held(sql, step.runId, step.owner);
      if (run?.state !== 'running') return undefined;
      const changed: EnvelopeReplacement[] = [];
      for (const replacement of step.replacements) {
        if (!(await replaceEnvelope(sql, run.contactCenter, replacement))) changed.push(replacement);
      }
      await lease(sql, run.id, step.owner, step.leaseUntil);
      return putRun(sql, advance(run, step, changed));
    });
  }

  async release(runId: string, owner: string, notBefore: number, waiting: string | undefined): Promise<void> {
    await this.database.transaction(async sql => {
      const run = await held(sql, runId, owner);
      if (run === undefined) return;
      await putRun(sql, { ...run, waiting });
      await lease(sql, runId, '', notBefore);
    });
  }

  setState(contactCenter: string, id: string, state: 'running' | 'paused', at: string): Promise<RewrapRun | undefined> {
    return this.database.transaction(async sql => {
      const run = await documentIn<RewrapRun>(sql, 'SELECT document FROM rewrap_job WHERE id = $1 FOR UPDATE', [id]);
      if (run?.contactCenter !== contactCenter || run.state === 'done') return undefined;
      await lease(sql, id, '', 0);
      return putRun(sql, { ...run, state, updatedAt: at });
    });
  }
}

/** The run, where the owner has it; nobody else changes it until the transaction ends. */
const held = (sql: Sql, runId: string, owner: string): Promise<RewrapRun | undefined> =>
  documentIn(sql, 'SELECT document FROM rewrap_job WHERE id = $1 AND owner = $2 FOR UPDATE', [runId, owner]);

async function lease(sql: Sql, id: string, owner: string, until: number): Promise<void> {
  const text = `UPDATE rewrap_job SET owner = $1, lease_until = ${byServer('$2', '$4')} WHERE id = $3`;
  await sql.run(text, [owner, until, id, Date.now()]);
}

async function putRun(sql: Sql, run: RewrapRun): Promise<RewrapRun> {
  const values = [run.state, JSON.stringify(run), run.id];
  await sql.run('UPDATE rewrap_job SET state = $1, document = $2 WHERE id = $3', values);
  return run;
}

/** False when the envelope is not the expected one any more. */
async function replaceEnvelope(sql: Sql, contactCenter: string, replacement: EnvelopeReplacement): Promise<boolean> {
  const { recordingId, mediaId, expected, pkcs7, certAlias, recipients } = replacement;
  const select = 'SELECT document FROM recording WHERE id = $1 FOR NO KEY UPDATE';
  const recording = await documentIn<Recording>(sql, select, [recordingId]);
  if (recording === undefined) return false;
  const index = recording.mediaFiles.findIndex(file => file.mediaId === mediaId && file.pkcs7 === expected);
  if (index === -1 || recording.contactCenter !== contactCenter) return false;
  const mediaFiles = recording.mediaFiles.map((file, place) =>
    place === index ? { ...file, pkcs7, certAlias, recipients } : file,
  );
  const document = JSON.stringify({ ...recording, mediaFiles });
  await sql.run('UPDATE recording SET document = $1 WHERE id = $2', [document, recordingId]);
  await replaceRecipients(sql, contactCenter, recordingId, mediaId, recipients);
  return true;
}
