import { RcsError } from '#platform';
import type { Recording } from '../recordings/recording.js';
import { groupedHolds, type LegalHoldRow } from '../removal/grouped-holds.js';
import type { LegalHold, LegalHoldStore } from '../removal/legal-hold.js';
import { documentIn } from './document-row.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlLegalHoldStore implements LegalHoldStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  place({ id, recordingId, mediaId, user, reason, time, until }: LegalHold): Promise<void> {
    return this.database.transaction(async sql => {
      // Held, so that nobody removes it meanwhile.
      const select = 'SELECT document FROM recording WHERE id = $1 FOR KEY SHARE';
      const recording = await documentIn<Recording>(sql, select, [recordingId]);
      const isThere =
        recording !== undefined &&
        (mediaId === undefined || recording.mediaFiles.some(file => file.mediaId === mediaId));
      if (!isThere) {
        const what = mediaId === undefined ? '' : ` with a media file ${JSON.stringify(mediaId)}`;
        throw new RcsError('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId}${what} to hold`);
      }
      const text = 'INSERT INTO legal_hold VALUES ($1, $2, $3, $4, $5, $6, $7)';
      await sql.run(text, [id, recordingId, mediaId ?? '', user, reason, time, until ?? null]);
    });
  }

  release(recordingId: string, id: string): Promise<boolean> {
    return this.database.transaction(async sql => {
      const text = 'DELETE FROM legal_hold WHERE recording_id = $1 AND id = $2';
      if ((await sql.run(text, [recordingId, id])) === 0) return false;
      await sql.run('UPDATE awaited_erasure SET next_attempt = 0 WHERE recording_id = $1', [recordingId]);
      return true;
    });
  }

  async of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly LegalHold[]>> {
    const text = `
      SELECT id, recording_id AS "recordingId", media_id AS "mediaId", "user", reason, time, until FROM legal_hold
      WHERE recording_id = ANY($1::text[]) ORDER BY recording_id, time, id`;
    return groupedHolds(await this.database.read(sql => sql.all<LegalHoldRow>(text, [recordingIds])));
  }
}
