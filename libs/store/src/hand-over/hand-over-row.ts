import type { ClaimedHandOver, HandOver, HandOverState } from './hand-over-store.js';

/** What a database answers of an entry. */
export type HandOverRow = ClaimedHandOver & {
  readonly state: HandOverState;
  readonly nextAttempt: number | string;
  readonly reason: string | null;
};

/** As both databases name them. */
export const claimedColumns =
  'recording_id AS "recordingId", receiver, contact_center AS "contactCenter", attempts' as const;
export const handOverColumns = `${claimedColumns}, state, next_attempt AS "nextAttempt", reason` as const;

/** PostgreSQL gives large numbers as text. */
export const handOverOf = ({ nextAttempt, reason, ...row }: HandOverRow): HandOver => ({
  ...row,
  nextAttempt: Number(nextAttempt),
  ...(reason === null ? {} : { reason }),
});
