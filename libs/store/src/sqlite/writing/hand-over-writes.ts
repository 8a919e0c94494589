import type Database from 'better-sqlite3';
import { claimedColumns } from '../../hand-over/hand-over-row.js';
import type { ClaimedHandOver, FailedHandOver, HandOverClaim, HandOverId } from '../../hand-over/hand-over-store.js';
import type { WriteHandlers } from './write-operation.js';

export type HandOverWrites = {
  claimHandOvers: { input: HandOverClaim; result: readonly ClaimedHandOver[] };
  noteHandOverDelivered: { input: HandOverId; result: null };
  noteHandOverFailure: { input: { handOver: ClaimedHandOver; failure: FailedHandOver }; result: null };
  retryHandOver: { input: HandOverId; result: boolean };
  discardHandOver: { input: HandOverId; result: boolean };
};

export function handOverWrites(database: Database.Database): WriteHandlers<HandOverWrites> {
  const due = database.prepare<[string, number, number], ClaimedHandOver>(
    `SELECT ${claimedColumns} FROM hand_over WHERE receiver = ? AND state = 'waiting' AND next_attempt <= ?
     ORDER BY next_attempt, recording_id LIMIT ?`,
  );
  const lease = database.prepare<[number, string, string]>(
    'UPDATE hand_over SET attempts = attempts + 1, next_attempt = ? WHERE recording_id = ? AND receiver = ?',
  );
  const remove = database.prepare<[string, string]>('DELETE FROM hand_over WHERE recording_id = ? AND receiver = ?');
  const fail = database.prepare<[string, number, string, string, string, number]>(
    `UPDATE hand_over SET state = ?, next_attempt = ?, reason = ?
     WHERE recording_id = ? AND receiver = ? AND attempts = ? AND state = 'waiting'`,
  );
  const retry = database.prepare<[string, string]>(
    `UPDATE hand_over SET state = 'waiting', attempts = 0, next_attempt = 0
     WHERE recording_id = ? AND receiver = ? AND state = 'given-up'`,
  );
  const discard = database.prepare<[string, string]>(
    `DELETE FROM hand_over WHERE recording_id = ? AND receiver = ? AND state = 'given-up'`,
  );
  return {
    claimHandOvers({ receiver, now, leaseUntil, limit }) {
      return due.all(receiver, now, limit).map(row => {
        lease.run(leaseUntil, row.recordingId, row.receiver);
        return { ...row, attempts: row.attempts + 1 };
      });
    },
    noteHandOverDelivered({ recordingId, receiver }) {
      remove.run(recordingId, receiver);
      return null;
    },
    noteHandOverFailure({ handOver: { recordingId, receiver, attempts }, failure: { reason, nextAttempt } }) {
      const state = nextAttempt === undefined ? 'given-up' : 'waiting';
      fail.run(state, nextAttempt ?? 0, reason, recordingId, receiver, attempts);
      return null;
    },
    retryHandOver: ({ recordingId, receiver }) => retry.run(recordingId, receiver).changes > 0,
    discardHandOver: ({ recordingId, receiver }) => discard.run(recordingId, receiver).changes > 0,
  };
}
