import { locationDigest } from '../removal/location-digest.js';
import { removalPlan } from '../removal/removal-plan.js';
import { refusalOfRemoval } from '../removal/removal-refusal.js';
import type {
  LedgerEntry,
  RemovalClaim,
  RemovalOrder,
  RemovalOutcome,
  RemovalStore,
  RemovedMedia,
} from '../removal/removal-store.js';
import type { ClaimedLocation } from '../recordings/recording-store.js';
import type { Recording } from '../recordings/recording.js';
import { documentIn } from './document-row.js';
import { earlierNow, soon } from './earlier-now.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { forget, noteInLedger, obstaclesOf, removeAll, removeSome } from './removal-rows.js';
import type { Sql } from './sql.js';

interface RemovedMediaRow extends Omit<RemovedMedia, 'mediaDescriptor' | 'reason'> {
  readonly descriptor: string;
  readonly reason: string | null;
}

const mediaColumns = `recording_id AS "recordingId", media_id AS "mediaId", contact_center AS "contactCenter",
  descriptor, attempts, reason`;

export class PostgresqlRemovalStore implements RemovalStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  remove(order: RemovalOrder, locations: readonly ClaimedLocation[]): Promise<RemovalOutcome> {
    return this.database.transaction(async sql => {
      const { recordingId, kind, time } = order;
      const recording = await held(sql, order);
      if (recording === undefined) return 'unknown';
      // A hold that is over by the clock of the gateway alone still holds.
      const now = await earlierNow(sql, Date.parse(time));
      const { removed, kept, keptBy } = removalPlan(recording, await obstaclesOf(sql, recordingId), now);
      if (keptBy !== undefined && (kind === 'deleted' || kind === 'unmounted'))
        throw refusalOfRemoval(recordingId, keptBy);
      if (kind === 'unmounted') {
        await forget(sql, recordingId);
        return 'removed';
      }
      if (kept.length === 0) {
        await removeAll(sql, recording, { ...order, kind }, locations);
        return 'removed';
      }
      if (removed.length > 0) await removeSome(sql, recording, removed, { ...order, kind }, locations);
      if (kind === 'erased') await wait(sql, order);
      return removed.length > 0 ? 'partly' : 'kept';
    });
  }

  async hasRemoved(recordingId: string): Promise<boolean> {
    const text = `SELECT 1 FROM removal_ledger WHERE recording_id = $1 AND media_id = ''`;
    return (await this.database.read(sql => sql.first(text, [recordingId]))) !== undefined;
  }

  async notInLedger(entries: readonly LedgerEntry[]): Promise<readonly LedgerEntry[]> {
    const text = `
      SELECT position::integer - 1 AS position
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS entry (recording_id, media_id, position)
      WHERE NOT EXISTS (SELECT 1 FROM removal_ledger AS known
        WHERE known.recording_id = entry.recording_id AND known.media_id = entry.media_id)`;
    const values = [entries.map(({ recordingId }) => recordingId), entries.map(({ mediaId }) => mediaId ?? '')];
    const rows = await this.database.read(sql => sql.all<{ position: number }>(text, values));
    const positions = new Set(rows.map(({ position }) => position));
    return entries.filter((_, position) => positions.has(position));
  }

  replay(entry: Omit<LedgerEntry, 'number'>, locations: readonly ClaimedLocation[]): Promise<boolean> {
    return this.database.transaction(async sql => {
      const recording = await held(sql, entry);
      await noteInLedger(sql, entry, entry.mediaId ?? '');
      if (recording === undefined) return false;
      const removed = recording.mediaFiles.filter(({ mediaId }) => mediaId === entry.mediaId);
      if (entry.mediaId === undefined) await removeAll(sql, recording, entry, locations);
      else if (removed.length > 0) await removeSome(sql, recording, removed, entry, locations);
      return entry.mediaId === undefined || removed.length > 0;
    });
  }

  async claimMedia({ now, leaseUntil, limit, recordingId }: RemovalClaim): Promise<readonly RemovedMedia[]> {
    const text = `
      UPDATE removed_media SET next_attempt = ${soon('$1')} WHERE (recording_id, media_id) IN (
        SELECT recording_id, media_id FROM removed_media
        WHERE next_attempt <= $2 AND recording_id = coalesce($3, recording_id)
        ORDER BY next_attempt LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING ${mediaColumns}`;
    const values = [leaseUntil, now, recordingId ?? null, limit];
    return (await this.database.transaction(sql => sql.all<RemovedMediaRow>(text, values))).map(removedMediaOf);
  }

  async hasPendingMedia(recordingId: string): Promise<boolean> {
    const text = 'SELECT 1 FROM removed_media WHERE recording_id = $1 LIMIT 1';
    return (await this.database.read(sql => sql.first(text, [recordingId]))) !== undefined;
  }

  async isNamed(location: string): Promise<boolean> {
    const text = 'SELECT 1 FROM media_location WHERE location = $1 LIMIT 1';
    return (await this.database.read(sql => sql.first(text, [locationDigest(location)]))) !== undefined;
  }

  async noteMediaGone(recordingId: string, mediaId: string): Promise<void> {
    const text = 'DELETE FROM removed_media WHERE recording_id = $1 AND media_id = $2';
    await this.database.transaction(sql => sql.run(text, [recordingId, mediaId]));
  }

  async postponeMedia(recordingId: string, mediaId: string, reason: string, nextAttempt: number): Promise<void> {
    const text = `UPDATE removed_media SET attempts = attempts + 1, next_attempt = ${soon('$1')}, reason = $2
                  WHERE recording_id = $3 AND media_id = $4`;
    await this.database.transaction(sql => sql.run(text, [nextAttempt, reason, recordingId, mediaId]));
  }

  async claimErasures({ now, leaseUntil, limit, recordingId }: RemovalClaim): Promise<readonly RemovalOrder[]> {
    const text = `
      UPDATE awaited_erasure SET next_attempt = ${soon('$1')} WHERE recording_id IN (
        SELECT recording_id FROM awaited_erasure
        WHERE next_attempt <= $2 AND recording_id = coalesce($3, recording_id)
        ORDER BY next_attempt LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING recording_id AS "recordingId", contact_center AS "contactCenter", "user", reason, time`;
    const values = [leaseUntil, now, recordingId ?? null, limit];
    const rows = await this.database.transaction(sql => sql.all<Omit<RemovalOrder, 'kind'>>(text, values));
    return rows.map(row => ({ ...row, kind: 'erased' }));
  }

  async postponeErasure(recordingId: string, nextAttempt: number): Promise<void> {
    const text = `UPDATE awaited_erasure SET next_attempt = ${soon('$1')} WHERE recording_id = $2`;
    await this.database.transaction(sql => sql.run(text, [nextAttempt, recordingId]));
  }

  async pendingMedia(contactCenter: string | undefined, limit: number): Promise<readonly RemovedMedia[]> {
    const text = `SELECT ${mediaColumns} FROM removed_media WHERE contact_center = coalesce($1, contact_center)
                  ORDER BY attempts DESC, recording_id, media_id LIMIT $2`;
    const values = [contactCenter ?? null, limit];
    return (await this.database.read(sql => sql.all<RemovedMediaRow>(text, values))).map(removedMediaOf);
  }

  async ledger(after: number, limit: number): Promise<readonly LedgerEntry[]> {
    const text = `
      SELECT number, recording_id AS "recordingId", media_id AS "mediaId", contact_center AS "contactCenter", kind, time
      FROM removal_ledger WHERE number > $1 ORDER BY number LIMIT $2`;
    const rows = await this.database.read(sql => sql.all<LedgerEntry & { mediaId: string }>(text, [after, limit]));
    return rows.map(({ mediaId, ...entry }) => ({ ...entry, ...(mediaId === '' ? {} : { mediaId }) }));
  }

  /** Ledger and recordings lie in one database, and come back together. */
  broughtBack(): Promise<{ readonly recordings: readonly [] }> {
    return Promise.resolve({ recordings: [] });
  }

  /** The server's own autovacuum overwrites what is dead. */
  scrub(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** The recording, held so that nobody protects, holds, pins or re-wraps it meanwhile. */
async function held(
  sql: Sql,
  { recordingId, contactCenter }: Pick<RemovalOrder, 'recordingId' | 'contactCenter'>,
): Promise<Recording | undefined> {
  const text = 'SELECT document FROM recording WHERE id = $1 AND contact_center = $2 FOR UPDATE';
  return documentIn<Recording>(sql, text, [recordingId, contactCenter]);
}

async function wait(sql: Sql, { recordingId, contactCenter, user, reason, time }: RemovalOrder): Promise<void> {
  const text = 'INSERT INTO awaited_erasure VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT DO NOTHING';
  await sql.run(text, [recordingId, contactCenter, user, reason, time]);
}

function removedMediaOf({ descriptor, reason, ...row }: RemovedMediaRow): RemovedMedia {
  const mediaDescriptor = JSON.parse(descriptor) as RemovedMedia['mediaDescriptor'];
  return { ...row, mediaDescriptor, ...(reason === null ? {} : { reason }) };
}
