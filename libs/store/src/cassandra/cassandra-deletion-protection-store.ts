import { randomUUID } from 'node:crypto';
import { RcsError } from '#platform';
import type { DeletionProtection, DeletionProtectionStore } from '../deletion-protection/deletion-protection-store.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { beingRemoved, decidedRow, isThere } from './guarded-row.js';
import type { VisibleRecordings } from './visible-recordings.js';

/** Protection lies in the row of its recording. Each act names itself, so that whoever has to repeat it knows that it was theirs. */
export class CassandraDeletionProtectionStore implements DeletionProtectionStore {
  constructor(
    private readonly database: CassandraDatabase,
    private readonly visible: VisibleRecordings,
  ) {}

  apply(recordingId: string, { user, time }: DeletionProtection): Promise<boolean> {
    const act = randomUUID();
    const text = `UPDATE recording SET protection = ?, revision = ? WHERE id = ?
                  IF complete = true AND removal = null AND protection = null`;
    const values = [JSON.stringify({ user, time, act }), act, recordingId];
    return this.database.operation(async () => {
      if ((await this.visible.find(recordingId)) !== undefined && (await this.database.runIf(text, values)))
        return true;
      const row = await decidedRow(this.database, recordingId);
      if (isThere(row) && row.protection !== undefined) return row.protection.act === act;
      if (isThere(row) && row.removal !== null) throw beingRemoved(recordingId);
      throw new RcsError('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId} to protect`);
    });
  }

  /** Where an answer was lost, the repetition finds nothing to release, and says so. */
  release(recordingId: string): Promise<boolean> {
    const text = 'UPDATE recording SET protection = null, revision = ? WHERE id = ? IF protection != null';
    return this.database.operation(() => this.database.runIf(text, [randomUUID(), recordingId]));
  }

  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, DeletionProtection>> {
    return this.database.operation(async () => {
      const rows = await this.visible.rowsOf(recordingIds);
      return new Map(
        rows.flatMap(({ recording, protection }) =>
          protection === undefined ? [] : [[recording.id, { user: protection.user, time: protection.time }] as const],
        ),
      );
    });
  }
}
