import type Database from 'better-sqlite3';
import { WriteRefused } from '../../group-commit/write-request.js';
import {
  isEncryptedSo,
  isFileHeld,
  isPlanInForce,
  plainFileIn,
  plainName,
  plannedName,
  plannedPrefix,
  withEncrypted,
} from '../../media-encryption/encrypted-recording.js';
import type {
  EncryptionOutcome,
  EncryptionPlan,
  MediaEncryption,
} from '../../media-encryption/media-encryption-store.js';
import type { Recording } from '../../recordings/recording.js';
import { tablesOfStoredBytes } from '../../recordings/tables-of-media.js';
import { locationDigest } from '../../removal/location-digest.js';
import { LocationClaims } from './location-claims.js';
import { MediaPinTable } from './media-pin-table.js';
import { RemovalTable } from './removal-table.js';
import type { WriteHandlers } from './write-operation.js';

export type MediaEncryptionWrites = {
  planEncryption: { input: EncryptionPlan; result: boolean };
  encryptMedia: { input: MediaEncryption; result: EncryptionOutcome };
};

export function mediaEncryptionWrites(database: Database.Database): WriteHandlers<MediaEncryptionWrites> {
  const claims = new LocationClaims(database);
  const pins = new MediaPinTable(database);
  const removals = new RemovalTable(database);
  const find = database.prepare<[string], { readonly document: string }>('SELECT document FROM recording WHERE id = ?');
  const update = database.prepare<[string, string]>('UPDATE recording SET document = ? WHERE id = ?');
  const endPlans = database.prepare<[number, string, string, string]>(
    `UPDATE removed_media SET next_attempt = min(next_attempt, ?)
     WHERE recording_id = ? AND substr(media_id, 1, length(?)) = ?`,
  );
  const leave = database.prepare<[string, string, string, Buffer, string, number]>(
    `INSERT INTO removed_media (recording_id, media_id, contact_center, location, descriptor, attempts, next_attempt)
     VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`,
  );
  const planned = database.prepare<[string, Buffer], { readonly name: string; readonly nextAttempt: number }>(
    `SELECT media_id AS name, next_attempt AS nextAttempt FROM removed_media WHERE recording_id = ? AND location = ?`,
  );
  const named = database.prepare<[Buffer]>('SELECT 1 FROM media_location WHERE location = ? LIMIT 1');
  const takeBack = database.prepare<[string, string]>(
    'DELETE FROM removed_media WHERE recording_id = ? AND media_id = ?',
  );
  const forget = tablesOfStoredBytes.map(table =>
    database.prepare<[string, string]>(`DELETE FROM ${table} WHERE recording_id = ? AND media_id = ?`),
  );
  const stored = (id: string): Recording | undefined => {
    const row = find.get(id);
    return row === undefined ? undefined : (JSON.parse(row.document) as Recording);
  };

  return {
    planEncryption(plan) {
      const { recordingId, mediaId, contactCenter, descriptor, location, leaseUntil, now } = plan;
      if (plainFileIn(stored(recordingId), plan) === undefined) return false;
      const digest = locationDigest(location);
      const isFree = claims.isOpenTo(plan) && !claims.isBeingCleared(location) && named.get(digest) === undefined;
      if (!isFree) throw new WriteRefused('RCS_MEDIA_LOCATION_TAKEN', `${mediaId}: something lies at the new place`);
      const prefix = plannedPrefix(mediaId);
      endPlans.run(now, recordingId, prefix, prefix);
      leave.run(recordingId, plannedName(plan), contactCenter, digest, JSON.stringify(descriptor), leaseUntil);
      return true;
    },

    encryptMedia(encryption) {
      const { recordingId, mediaId, contactCenter, location, plainLocation, now } = encryption;
      const recording = stored(recordingId);
      if (isEncryptedSo(recording, encryption)) return 'unchanged';
      const plain = plainFileIn(recording, encryption);
      if (recording === undefined || plain === undefined) return 'changed';
      if (isFileHeld(removals.obstaclesOf(recordingId).holds, mediaId, now))
        throw new WriteRefused('RCS_RECORDING_HELD', `the stored file of ${recordingId} is on legal hold`);
      const row = planned.get(recordingId, locationDigest(location));
      if (row === undefined || !isPlanInForce(row, now)) return 'overtaken';
      takeBack.run(recordingId, row.name);
      for (const statement of forget) statement.run(recordingId, mediaId);
      const encrypted = withEncrypted(recording, encryption);
      update.run(JSON.stringify(encrypted), recordingId);
      claims.claim({ contactCenter, recordingId, mediaId, location });
      pins.put(encrypted, encryption.finding);
      const [name, descriptor] = [plainName(encryption), JSON.stringify(plain.mediaDescriptor)];
      leave.run(recordingId, name, contactCenter, locationDigest(plainLocation), descriptor, encryption.removeAt);
      return 'encrypted';
    },
  };
}
