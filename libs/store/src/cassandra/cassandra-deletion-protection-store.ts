import { randomUUID } from 'node:crypto';
import { RcsError } from '#platform';
import type { DeletionProtection, DeletionProtectionStore } from '../deletion-protection/deletion-protection-store.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { completeRecording } from './recording-rows.js';

/** `mark` names the act, so that whoever has to repeat it knows whether it was theirs. */
export class CassandraDeletionProtectionStore implements DeletionProtectionStore {
  constructor(private readonly database: CassandraDatabase) {}

  apply(recordingId: string, { user, time }: DeletionProtection): Promise<boolean> {
    const mark = randomUUID();
    const text = `INSERT INTO deletion_protection (recording_id, user_name, time, mark)
                  VALUES (?, ?, ?, ?) IF NOT EXISTS`;
    return this.database.operation(async () => {
      if ((await completeRecording(this.database, recordingId)) === undefined) {
        throw new RcsError('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId} to protect`);
      }
      const result = await this.database.run(text, [recordingId, user, time, mark]);
      return result.wasApplied() || result.first()['mark'] === mark;
    });
  }

  /** Where an answer was lost, the repetition finds nothing to release, and says so. */
  release(recordingId: string): Promise<boolean> {
    const text = 'DELETE FROM deletion_protection WHERE recording_id = ? IF EXISTS';
    return this.database.operation(() => this.database.runIf(text, [recordingId]));
  }

  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, DeletionProtection>> {
    const text = 'SELECT user_name, time FROM deletion_protection WHERE recording_id = ?';
    return this.database.operation(async () => {
      const rows = await Promise.all(
        recordingIds.map(async id => [id, await this.database.first(text, [id])] as const),
      );
      return new Map(
        rows.flatMap(([id, row]) =>
          row === undefined ? [] : [[id, { user: row['user_name'] as string, time: row['time'] as string }]],
        ),
      );
    });
  }
}
