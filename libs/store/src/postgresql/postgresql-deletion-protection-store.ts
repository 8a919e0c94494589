import { RcsError } from '#platform';
import type { DeletionProtection, DeletionProtectionStore } from '../deletion-protection/deletion-protection-store.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlDeletionProtectionStore implements DeletionProtectionStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  apply(recordingId: string, { user, time }: DeletionProtection): Promise<boolean> {
    return this.database.transaction(async sql => {
      // Held, so that nobody deletes it meanwhile.
      const held = await sql.first('SELECT 1 FROM recording WHERE id = $1 FOR KEY SHARE', [recordingId]);
      if (held === undefined) {
        throw new RcsError('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId} to protect`);
      }
      const text = 'INSERT INTO deletion_protection VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
      return (await sql.run(text, [recordingId, user, time])) === 1;
    });
  }

  async release(recordingId: string): Promise<boolean> {
    const text = 'DELETE FROM deletion_protection WHERE recording_id = $1';
    return (await this.database.transaction(sql => sql.run(text, [recordingId]))) === 1;
  }

  async of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, DeletionProtection>> {
    const text = `SELECT recording_id AS "recordingId", "user", time FROM deletion_protection
                  WHERE recording_id = ANY($1::text[])`;
    const rows = await this.database.read(sql =>
      sql.all<DeletionProtection & { recordingId: string }>(text, [recordingIds]),
    );
    return new Map(rows.map(({ recordingId, ...protection }) => [recordingId, protection]));
  }
}
