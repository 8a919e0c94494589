import { randomUUID } from 'node:crypto';
import { RcsError } from '#platform';
import type { LegalHold, LegalHoldStore } from '../removal/legal-hold.js';
import type { RemovalOrderStore } from '../removal/removal-order-store.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { beingRemoved, decidedRow } from './guarded-row.js';
import type { VisibleRecordings } from './visible-recordings.js';

/** Holds lie in the row of their recording, so that a removal is decided before one or after it. */
export class CassandraLegalHoldStore implements LegalHoldStore {
  constructor(
    private readonly database: CassandraDatabase,
    private readonly visible: VisibleRecordings,
    private readonly orders: RemovalOrderStore,
  ) {}

  place(hold: LegalHold): Promise<void> {
    const text = `UPDATE recording SET holds[?] = ?, revision = ? WHERE id = ?
                  IF complete = true AND removal = null AND revision = ?`;
    return this.database.operation(async () => {
      for (;;) {
        const row = await decidedRow(this.database, hold.recordingId);
        // It was carried out before, and the answer was lost.
        if (row?.holds.some(({ id }) => id === hold.id) === true) return;
        const seen = await this.visible.find(hold.recordingId);
        const isMissing =
          seen === undefined ||
          (hold.mediaId !== undefined && !seen.mediaFiles.some(({ mediaId }) => mediaId === hold.mediaId));
        if (row === undefined || isMissing) throw notThere(hold);
        if (row.removal !== null) throw beingRemoved(hold.recordingId);
        const values = [hold.id, JSON.stringify(hold), randomUUID(), hold.recordingId, row.revision];
        if (await this.database.runIf(text, values)) return;
      }
    });
  }

  async release(recordingId: string, id: string): Promise<boolean> {
    if (recordingId === '') return false;
    const text = 'UPDATE recording SET holds[?] = null, revision = ? WHERE id = ? IF holds[?] != null';
    const values = [id, randomUUID(), recordingId, id];
    const isReleased = await this.database.operation(() => this.database.runIf(text, values));
    if (isReleased) await this.orders.postpone(recordingId, 0);
    return isReleased;
  }

  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly LegalHold[]>> {
    return this.database.operation(async () => {
      const rows = await this.visible.rowsOf(recordingIds);
      return new Map(
        rows.flatMap(({ recording, holds }) => (holds.length === 0 ? [] : [[recording.id, inOrder(holds)] as const])),
      );
    });
  }
}

const inOrder = (holds: readonly LegalHold[]): readonly LegalHold[] =>
  [...holds].sort((one, other) => (one.time + one.id < other.time + other.id ? -1 : 1));

function notThere({ recordingId, mediaId }: LegalHold): RcsError {
  const what = mediaId === undefined ? '' : ` with a media file ${JSON.stringify(mediaId)}`;
  return new RcsError('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId}${what} to hold`);
}
