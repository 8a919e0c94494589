import type Database from 'better-sqlite3';
import type { Recording } from '../../recordings/recording.js';

/** The rows that say which media file is encrypted for whom. */
export class RecipientTable {
  private readonly insert;
  private readonly removeOfMediaFile;
  private readonly markIndexed;

  constructor(database: Database.Database) {
    this.insert = database.prepare<[string, string, string, string]>(
      `INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.removeOfMediaFile = database.prepare<[string, string]>(
      'DELETE FROM media_recipient WHERE recording_id = ? AND media_id = ?',
    );
    this.markIndexed = database.prepare<[string]>('DELETE FROM unindexed_recording WHERE id = ?');
  }

  /** Writes the rows of a recording whose media files all carry their recipients. */
  replaceAll({ id, contactCenter, mediaFiles }: Recording): void {
    for (const { mediaId, recipients = [] } of mediaFiles) this.replace(contactCenter, id, mediaId, recipients);
    this.markIndexed.run(id);
  }

  replace(contactCenter: string, recordingId: string, mediaId: string, recipients: readonly string[]): void {
    this.removeOfMediaFile.run(recordingId, mediaId);
    for (const recipient of recipients) this.insert.run(contactCenter, recipient, recordingId, mediaId);
  }
}
