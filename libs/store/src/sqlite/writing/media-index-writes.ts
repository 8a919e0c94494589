import type Database from 'better-sqlite3';
import type { LocationClaim } from '../../media-index/media-index-store.js';
import { LocationClaims } from './location-claims.js';
import type { WriteHandlers } from './write-operation.js';

export interface IndexPosition {
  readonly recordingId: string;
  readonly mediaId: string;
}

/** Media files that are looked at in one transaction: some milliseconds. */
const retriedAtOnce = 1000;

export type MediaIndexWrites = {
  postponeMedia: {
    input: { recordingId: string; mediaId: string; reason: string; nextAttempt: number };
    result: null;
  };
  giveUpMedia: { input: { contactCenter: string; recordingId: string }; result: number };
  /** Of some media files behind a position: the next position, null behind the last. */
  retryMedia: { input: { after: IndexPosition; contactCenter: string | null }; result: IndexPosition | null };
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
  const endOfStep = database.prepare<[string, string], IndexPosition>(
    `SELECT recording_id AS recordingId, media_id AS mediaId FROM unindexed_media
     WHERE (recording_id, media_id) > (?, ?) ORDER BY recording_id, media_id LIMIT 1 OFFSET ${retriedAtOnce - 1}`,
  );
  const retry = (upTo: string) =>
    database.prepare<[object]>(
      `UPDATE unindexed_media
       SET next_attempt = 0, missing = CASE missing WHEN 'given-up' THEN 'inspection' ELSE missing END
       WHERE (recording_id, media_id) > (@recordingId, @mediaId) ${upTo}
         AND attempts > 0 AND +contact_center = ifnull(@contactCenter, contact_center)`,
    );
  const retryStep = retry('AND (recording_id, media_id) <= (@lastRecordingId, @lastMediaId)');
  const retryRest = retry('');
  const giveUp = database.prepare<[string, string]>(
    `UPDATE unindexed_media SET missing = 'given-up'
     WHERE contact_center = ? AND recording_id = ? AND missing = 'inspection' AND attempts > 0`,
  );
  // A clock that was set back must not keep everybody from it.
  const lease = database.prepare<[string, string, number, number, number]>(
    `INSERT INTO background_lease (name, owner, lease_until) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
     WHERE owner = excluded.owner OR lease_until < ? OR lease_until > ?`,
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
    retryMedia({ after, contactCenter }) {
      const last = endOfStep.get(after.recordingId, after.mediaId);
      if (last === undefined) retryRest.run({ ...after, contactCenter });
      else retryStep.run({ ...after, contactCenter, lastRecordingId: last.recordingId, lastMediaId: last.mediaId });
      return last ?? null;
    },
    leaseMediaIndex({ owner, now, leaseUntil }) {
      return lease.run(leaseName, owner, leaseUntil, now, now + 10 * (leaseUntil - now)).changes === 1;
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
