import type Database from 'better-sqlite3';
import type { ClaimedLocation } from '../../recordings/recording-store.js';
import type { MediaFile, Recording } from '../../recordings/recording.js';
import { tablesOfMedia } from '../../recordings/tables-of-media.js';
import { locationDigest } from '../../removal/location-digest.js';
import type { LegalHold } from '../../removal/legal-hold.js';
import type { Obstacles } from '../../removal/removal-plan.js';
import type { SettledRemoval } from '../../removal/removal-order-store.js';
import type { LedgerEntry } from '../../removal/removal-store.js';

type RemovedRow = Omit<LedgerEntry, 'number' | 'mediaId'>;
const wholeRecording = '';

/** The rows of recordings that go, and what they leave behind. */
export class RemovalTable {
  private readonly protection;
  private readonly holds;
  private readonly insertMedia;
  private readonly insertLedger;
  private readonly replaceDocument;
  private readonly discount;
  private readonly unsee;
  private readonly rowsOfMedia;
  private readonly rowsOfRecording;

  constructor(database: Database.Database) {
    this.protection = database.prepare<[string]>('SELECT 1 FROM deletion_protection WHERE recording_id = ?');
    this.holds = database.prepare<[string], { mediaId: string; until: string | null }>(
      'SELECT media_id AS mediaId, until FROM legal_hold WHERE recording_id = ?',
    );
    this.insertMedia = database.prepare<[string, string, string, Buffer | null, string]>(
      `INSERT INTO removed_media (recording_id, media_id, contact_center, location, descriptor, attempts, next_attempt)
       VALUES (?, ?, ?, ?, ?, 0, 0) ON CONFLICT DO NOTHING`,
    );
    this.insertLedger = database.prepare<[string, string, string, string, string]>(
      `INSERT INTO removal_ledger (recording_id, media_id, contact_center, kind, time) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (recording_id, media_id) DO NOTHING`,
    );
    this.replaceDocument = database.prepare<[string, string]>('UPDATE recording SET document = ? WHERE id = ?');
    this.discount = database.prepare<[number, string]>(
      'UPDATE media_file_count SET media_files = media_files - ? WHERE contact_center = ?',
    );
    this.unsee = database.prepare<[string]>('DELETE FROM seen_mark WHERE recording_id = ?');
    this.rowsOfMedia = tablesOfMedia.map(table =>
      database.prepare<[string, string]>(`DELETE FROM ${table} WHERE recording_id = ? AND media_id = ?`),
    );
    this.rowsOfRecording = [
      'DELETE FROM deletion_protection WHERE recording_id = ?',
      'DELETE FROM legal_hold WHERE recording_id = ?',
      // What else belongs to it goes with it.
      'DELETE FROM recording WHERE id = ?',
    ].map(text => database.prepare<[string]>(text));
  }

  obstaclesOf(recordingId: string): Obstacles {
    return {
      isProtected: this.protection.get(recordingId) !== undefined,
      holds: this.holds.all(recordingId).map(({ mediaId, until }): Pick<LegalHold, 'mediaId' | 'until'> => ({
        ...(mediaId === wholeRecording ? {} : { mediaId }),
        ...(until === null ? {} : { until }),
      })),
    };
  }

  /** In the ledger. */
  note({ recordingId, mediaId, contactCenter, kind, time }: Omit<LedgerEntry, 'number'>): void {
    this.insertLedger.run(recordingId, mediaId ?? wholeRecording, contactCenter, kind, time);
  }

  removeAll(recording: Recording, row: RemovedRow, locations: readonly ClaimedLocation[]): void {
    this.leave(recording.mediaFiles, row, locations);
    this.forget(recording.id);
    const { recordingId, contactCenter, kind, time } = row;
    this.note({ recordingId, contactCenter, kind, time });
  }

  /** Its rows alone: neither the ledger nor the stored files are told. */
  forget(recordingId: string): void {
    for (const statement of this.rowsOfRecording) statement.run(recordingId);
  }

  /** Takes some media files out of a recording, which stays with the others. */
  removeSome(
    recording: Recording,
    removed: readonly MediaFile[],
    row: RemovedRow,
    locations: readonly ClaimedLocation[],
  ): void {
    this.leave(removed, row, locations);
    const mediaFiles = recording.mediaFiles.filter(file => !removed.includes(file));
    this.replaceDocument.run(JSON.stringify({ ...recording, mediaFiles }), recording.id);
    this.discount.run(removed.length, recording.contactCenter);
    for (const { mediaId } of removed) {
      for (const statement of this.rowsOfMedia) statement.run(recording.id, mediaId);
      this.note({ ...row, mediaId });
    }
  }

  /** What a removal that was decided elsewhere leaves here. */
  settle({ mediaIds, mediaFiles, locations, ...row }: SettledRemoval): void {
    this.leave(mediaFiles, row, locations);
    if (mediaIds === undefined) this.unsee.run(row.recordingId);
    for (const mediaId of mediaIds ?? [wholeRecording]) this.note({ ...row, mediaId });
  }

  private leave(files: SettledRemoval['mediaFiles'], row: RemovedRow, locations: readonly ClaimedLocation[]): void {
    for (const { mediaId, mediaDescriptor } of files) {
      const location = locations.find(place => place.mediaId === mediaId)?.location;
      const digest = location === undefined ? null : locationDigest(location);
      this.insertMedia.run(row.recordingId, mediaId, row.contactCenter, digest, JSON.stringify(mediaDescriptor));
    }
  }
}
