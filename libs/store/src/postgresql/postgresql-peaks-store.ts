import type { PeaksStore } from '../peaks/peaks-store.js';
import type { Recording } from '../recordings/recording.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlPeaksStore implements PeaksStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async find(recordingId: string, mediaId: string): Promise<Buffer | undefined> {
    const text = 'SELECT peaks FROM media_peaks WHERE recording_id = $1 AND media_id = $2';
    const row = await this.database.read(sql => sql.first<{ peaks: Buffer }>(text, [recordingId, mediaId]));
    return row?.peaks;
  }

  /** The recording is held, so that its removal comes before or after, and takes the wave form along. */
  async keep(recordingId: string, mediaId: string, peaks: Buffer): Promise<boolean> {
    const held = 'SELECT document FROM recording WHERE id = $1 FOR SHARE';
    const insert = `INSERT INTO media_peaks (recording_id, media_id, peaks) VALUES ($1, $2, $3)
                    ON CONFLICT (recording_id, media_id) DO UPDATE SET peaks = excluded.peaks`;
    return this.database.transaction(async sql => {
      const row = await sql.first<{ document: string }>(held, [recordingId]);
      const recording = row === undefined ? undefined : (JSON.parse(row.document) as Recording);
      if (recording?.mediaFiles.some(file => file.mediaId === mediaId) !== true) return false;
      await sql.run(insert, [recordingId, mediaId, peaks]);
      return true;
    });
  }
}
