import type Database from 'better-sqlite3';
import type { Recording } from '../../recordings/recording.js';

/** The rows that say which media file is encrypted for whom. */
export class RecipientTable {
  private readonly insert;
  private readonly remove;
  private readonly ofMediaFile;

  constructor(database: Database.Database) {
    this.insert = database.prepare<[string, string, string, string]>(
      `INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.remove = database.prepare<[string, string, string]>(
      'DELETE FROM media_recipient WHERE recording_id = ? AND media_id = ? AND recipient = ?',
    );
    this.ofMediaFile = database
      .prepare<[string, string], string>(
        'SELECT recipient FROM media_recipient WHERE recording_id = ? AND media_id = ?',
      )
      .pluck();
  }

  /** Writes the rows of a recording as far as its metadata says whom it is for. */
  replaceAll({ id, contactCenter, mediaFiles }: Recording): void {
    for (const { mediaId, recipients = [] } of mediaFiles) this.replace(contactCenter, id, mediaId, recipients);
  }

  /** Rows that stay are not written again: each that is written is counted. */
  replace(contactCenter: string, recordingId: string, mediaId: string, recipients: readonly string[]): void {
    const present = this.ofMediaFile.all(recordingId, mediaId);
    for (const recipient of present)
      if (!recipients.includes(recipient)) this.remove.run(recordingId, mediaId, recipient);
    for (const recipient of recipients)
      if (!present.includes(recipient)) this.insert.run(contactCenter, recipient, recordingId, mediaId);
  }
}
