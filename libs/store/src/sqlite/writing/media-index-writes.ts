import type Database from 'better-sqlite3';
import type { LocationClaim } from '../../media-index/media-index-store.js';
import { LocationClaims } from './location-claims.js';
import type { WriteHandlers } from './write-operation.js';

export type MediaIndexWrites = {
  postponeMedia: {
    input: { recordingId: string; mediaId: string; reason: string; nextAttempt: number };
    result: null;
  };
  giveUpMedia: { input: { contactCenter: string; recordingId: string }; result: number };
  /** null: of all contact centers. */
  retryMedia: { input: string | null; result: null };
  leaseMediaIndex: { input: { owner: string; now: number; leaseUntil: number }; result: boolean };
  /** Those that another contact center had. */
  claimLocations: { input: readonly LocationClaim[]; result: readonly LocationClaim[] };
  noteLocationsClaimed: { input: string; result: null };
};

const leaseName = 'media-index';

export function mediaIndexWrites(database: Database.Database): WriteHandlers<MediaIndexWrites> {
  const claims = new LocationClaims(database);
  const postpone = database.prepare<[number, string, string, string]>(
    `UPDATE unindexed_media SET attempts = attempts + 1, next_attempt = ?, reason = ?
     WHERE recording_id = ? AND media_id = ?`,
  );
  const retry = database.prepare<[string | null]>(
    `UPDATE unindexed_media
     SET next_attempt = 0, missing = CASE missing WHEN 'given-up' THEN 'inspection' ELSE missing END
     WHERE attempts > 0 AND contact_center = ifnull(?, contact_center)`,
  );
  const giveUp = database.prepare<[string, string]>(
    `UPDATE unindexed_media SET missing = 'given-up'
     WHERE contact_center = ? AND recording_id = ? AND missing = 'inspection' AND attempts > 0`,
  );
  const lease = database.prepare<[string, string, number, number]>(
    `INSERT INTO background_lease (name, owner, lease_until) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
     WHERE owner = excluded.owner OR lease_until < ?`,
  );
  const noteStorages = database.prepare<[string]>('INSERT INTO claimed_storages VALUES (?) ON CONFLICT DO NOTHING');

  return {
    postponeMedia({ recordingId, mediaId, reason, nextAttempt }) {
      postpone.run(nextAttempt, reason, recordingId, mediaId);
      return null;
    },
    giveUpMedia({ contactCenter, recordingId }) {
      return giveUp.run(contactCenter, recordingId).changes;
    },
    retryMedia(contactCenter) {
      retry.run(contactCenter);
      return null;
    },
    leaseMediaIndex({ owner, now, leaseUntil }) {
      return lease.run(leaseName, owner, leaseUntil, now).changes === 1;
    },
    claimLocations(wanted) {
      return wanted.filter(claim => !claims.claim(claim));
    },
    noteLocationsClaimed(storages) {
      noteStorages.run(storages);
      return null;
    },
  };
}
