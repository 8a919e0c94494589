import type { ClaimedLocation } from '../recordings/recording-store.js';
import { goneRecordings, type GoneRow } from '../removal/gone-recordings.js';
import type { Gone, RemovalAct, RemovalOrderStore, SettledRemoval } from '../removal/removal-order-store.js';
import type { RemovalClaim } from '../removal/removal-store.js';
import { earlierNow, soon } from './earlier-now.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { beingCleared, settleRemoval } from './removal-rows.js';
import type { Sql } from './sql.js';

export class PostgresqlRemovalOrderStore implements RemovalOrderStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async begin(act: RemovalAct, nextAttempt: number): Promise<void> {
    await this.database.transaction(sql => add(sql, act, nextAttempt));
  }

  async wait(act: RemovalAct): Promise<void> {
    await this.database.transaction(async sql => {
      await add(sql, { ...act, act: '' }, 0);
      if (act.act !== '') await end(sql, act.recordingId, act.act);
    });
  }

  async end(recordingId: string, act?: string): Promise<void> {
    await this.database.transaction(sql => end(sql, recordingId, act));
  }

  claim({ now, leaseUntil, limit, recordingId }: RemovalClaim): Promise<readonly RemovalAct[]> {
    const text = `
      UPDATE removal_order SET next_attempt = ${soon('$1')} WHERE (recording_id, act) IN (
        SELECT recording_id, act FROM removal_order
        WHERE next_attempt <= $2 AND recording_id = coalesce($3, recording_id)
        ORDER BY next_attempt LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING recording_id AS "recordingId", act, contact_center AS "contactCenter", kind, "user", reason, time`;
    const values = [leaseUntil, now, recordingId ?? null, limit];
    return this.database.transaction(sql => sql.all<RemovalAct>(text, values));
  }

  async postpone(recordingId: string, nextAttempt: number): Promise<void> {
    const text = `UPDATE removal_order SET next_attempt = ${soon('$1')} WHERE recording_id = $2 AND act = ''`;
    await this.database.transaction(sql => sql.run(text, [nextAttempt, recordingId]));
  }

  async settle(removal: SettledRemoval): Promise<void> {
    await this.database.transaction(sql => settleRemoval(sql, removal));
  }

  async goneOf(recordingIds: readonly string[]): Promise<ReadonlyMap<string, Gone>> {
    const text = `SELECT recording_id AS "recordingId", media_id AS "mediaId", contact_center AS "contactCenter"
                  FROM removal_ledger WHERE recording_id = ANY($1::text[])`;
    return goneRecordings(await this.database.read(sql => sql.all<GoneRow>(text, [recordingIds])));
  }

  notAhead(now: number): Promise<number> {
    return this.database.read(sql => earlierNow(sql, now));
  }

  beingCleared(locations: readonly ClaimedLocation[]): Promise<ClaimedLocation | undefined> {
    return this.database.read(sql => beingCleared(sql, locations));
  }
}

async function add(sql: Sql, order: RemovalAct, nextAttempt: number): Promise<void> {
  const { recordingId, act, contactCenter, kind, user, reason, time } = order;
  const text = `INSERT INTO removal_order VALUES ($1, $2, $3, $4, $5, $6, $7, ${soon('$8')}) ON CONFLICT DO NOTHING`;
  await sql.run(text, [recordingId, act, contactCenter, kind, user, reason, time, nextAttempt]);
}

async function end(sql: Sql, recordingId: string, act: string | undefined): Promise<void> {
  const text = 'DELETE FROM removal_order WHERE recording_id = $1 AND act = coalesce($2, act)';
  await sql.run(text, [recordingId, act ?? null]);
}
