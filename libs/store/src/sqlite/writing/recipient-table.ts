import type Database from 'better-sqlite3';
import type { Recording } from '../../recordings/recording.js';

/** The rows that say which media file is encrypted for whom. */
export class RecipientTable {
  private readonly insert;
  private readonly removeOfMediaFile;

  constructor(database: Database.Database) {
    this.insert = database.prepare<[string, string, string, string]>(
      `INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.removeOfMediaFile = database.prepare<[string, string]>(
      'DELETE FROM media_recipient WHERE recording_id = ? AND media_id = ?',
    );
  }

  /** Writes the rows of a recording as far as its metadata says whom it is for. */
  replaceAll({ id, contactCenter, mediaFiles }: Recording): void {
    for (const { mediaId, recipients = [] } of mediaFiles) this.replace(contactCenter, id, mediaId, recipients);
  }

  replace(contactCenter: string, recordingId: string, mediaId: string, recipients: readonly string[]): void {
    this.removeOfMediaFile.run(recordingId, mediaId);
    for (const recipient of recipients) this.insert.run(contactCenter, recipient, recordingId, mediaId);
  }
}
