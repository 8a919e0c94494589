import type Database from 'better-sqlite3';
import { completedPin, type MediaFinding, type PinnedMedia, type PinResult } from '../../recordings/pinned-media.js';
import type { Recording } from '../../recordings/recording.js';
import { RecipientTable } from './recipient-table.js';

/** The rows that say how a stored file was, whom it is for, and what is still missing of that. */
export class MediaPinTable {
  private readonly find;
  private readonly upsert;
  private readonly insertLeaves;
  private readonly inspected;
  private readonly indexed;
  private readonly recipients;

  constructor(database: Database.Database) {
    this.find = database.prepare<[string, string], { readonly document: string }>(
      'SELECT document FROM envelope_pin WHERE recording_id = ? AND media_id = ?',
    );
    this.upsert = database.prepare<[string, string, string]>(
      `INSERT INTO envelope_pin (recording_id, media_id, document) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET document = excluded.document`,
    );
    this.insertLeaves = database.prepare<[string, string, Uint8Array]>(
      'INSERT INTO content_tree (recording_id, media_id, leaves) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.inspected = database.prepare<[string, string]>(
      `UPDATE unindexed_media SET missing = 'content-tree', attempts = 0, next_attempt = 0, reason = NULL
       WHERE recording_id = ? AND media_id = ? AND missing <> 'content-tree'`,
    );
    this.indexed = database.prepare<[string, string]>(
      `DELETE FROM unindexed_media WHERE recording_id = ? AND media_id = ? AND missing = 'content-tree'`,
    );
    this.recipients = new RecipientTable(database);
  }

  /** Pins what was found, or completes the pin that is there. */
  put(recording: Pick<Recording, 'id' | 'contactCenter' | 'mediaFiles'>, finding: MediaFinding): PinResult {
    const { id, contactCenter } = recording;
    const { mediaId, recipients, leaves } = finding;
    const stored = this.find.get(id, mediaId);
    const before = stored === undefined ? undefined : (JSON.parse(stored.document) as PinnedMedia);
    const agreed = before === undefined ? finding.pin : completedPin(before, finding.pin);
    if (agreed === undefined) return { pin: before ?? finding.pin, agreed: false };
    const isTree = leaves !== undefined && agreed.contentRoot === finding.pin.contentRoot;
    if (isTree) this.insertLeaves.run(id, mediaId, leaves);
    const pin: PinnedMedia = isTree ? { ...agreed, leavesKept: true } : agreed;
    this.upsert.run(id, mediaId, JSON.stringify(pin));
    if (recipients !== undefined && this.isCurrent(recording, finding)) {
      this.recipients.replace(contactCenter, id, mediaId, recipients);
      this.inspected.run(id, mediaId);
    }
    if (pin.leavesKept === true) this.indexed.run(id, mediaId);
    return { pin, agreed: true };
  }

  private isCurrent({ mediaFiles }: Pick<Recording, 'mediaFiles'>, { mediaId, readFrom }: MediaFinding): boolean {
    return readFrom === undefined || mediaFiles.find(file => file.mediaId === mediaId)?.pkcs7 === readFrom;
  }
}
