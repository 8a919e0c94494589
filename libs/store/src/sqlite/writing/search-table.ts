import type Database from 'better-sqlite3';
import { indexedRecording } from '../../recording-search/indexed-recording.js';
import type { Recording } from '../../recordings/recording.js';

/** The rows that recordings are found by. */
export class SearchTable {
  private readonly insert;
  private readonly insertOwner;
  private readonly markIndexed;

  constructor(database: Database.Database) {
    this.insert = database.prepare<[string, number, string, string, string, string]>(
      'INSERT INTO recording_search (contact_center, start_time, recording_id, region, caller, dialed) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.insertOwner = database.prepare<[string, string, number, string]>(
      'INSERT INTO recording_owner (contact_center, owner, start_time, recording_id) VALUES (?, ?, ?, ?)',
    );
    this.markIndexed = database.prepare<[string]>('UPDATE recording SET searchable = 1 WHERE id = ?');
  }

  add(recording: Recording): void {
    const { contactCenter, id, region, startTime, caller, dialed, owners } = indexedRecording(recording);
    this.insert.run(contactCenter, startTime, id, region, caller, dialed);
    for (const owner of owners) this.insertOwner.run(contactCenter, owner, startTime, id);
    this.markIndexed.run(id);
  }
}
