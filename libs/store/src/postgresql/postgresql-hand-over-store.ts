import { claimedColumns, handOverColumns, handOverOf, type HandOverRow } from '../hand-over/hand-over-row.js';
import type {
  ClaimedHandOver,
  FailedHandOver,
  HandOver,
  HandOverClaim,
  HandOverCounts,
  HandOverId,
  HandOverSelection,
  HandOverStore,
  NewHandOver,
} from '../hand-over/hand-over-store.js';
import type { Recording } from '../recordings/recording.js';
import { byServer } from './earlier-now.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import type { Sql } from './sql.js';

const one = 'recording_id = $1 AND receiver = $2';

export class PostgresqlHandOverStore implements HandOverStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  claim({ receiver, now, leaseUntil, limit }: HandOverClaim): Promise<readonly ClaimedHandOver[]> {
    const text = `
      UPDATE hand_over SET attempts = attempts + 1, next_attempt = ${byServer('$3', '$5')}
      WHERE (recording_id, receiver) IN (
        SELECT recording_id, receiver FROM hand_over
        WHERE receiver = $1 AND state = 'waiting' AND next_attempt <= ${byServer('$2', '$5')}
        ORDER BY next_attempt, recording_id LIMIT $4 FOR UPDATE SKIP LOCKED
      ) RETURNING ${claimedColumns}`;
    const values = [receiver, now, leaseUntil, limit, Date.now()];
    return this.database.transaction(sql => sql.all<ClaimedHandOver>(text, values));
  }

  async noteDelivered(handOver: HandOverId): Promise<void> {
    await this.write(`DELETE FROM hand_over WHERE ${one}`, handOver);
  }

  async noteFailure(handOver: ClaimedHandOver, { reason, nextAttempt }: FailedHandOver): Promise<void> {
    const { recordingId, receiver, attempts } = handOver;
    const text = `UPDATE hand_over SET state = $4, next_attempt = ${byServer('$5', '$7')}, reason = $6
      WHERE ${one} AND attempts = $3 AND state = 'waiting'`;
    const state = nextAttempt === undefined ? 'given-up' : 'waiting';
    await this.database.transaction(sql =>
      sql.run(text, [recordingId, receiver, attempts, state, nextAttempt ?? 0, reason, Date.now()]),
    );
  }

  async list({ state, after, limit }: HandOverSelection): Promise<readonly HandOver[]> {
    const text = `SELECT ${handOverColumns} FROM hand_over WHERE state = $1 AND (recording_id, receiver) > ($2, $3)
      ORDER BY recording_id, receiver LIMIT $4`;
    const values = [state, after?.recordingId ?? '', after?.receiver ?? '', limit];
    return (await this.database.read(sql => sql.all<HandOverRow>(text, values))).map(row => handOverOf(row));
  }

  async counts(): Promise<HandOverCounts> {
    const text = `SELECT (count(*) FILTER (WHERE state = 'waiting'))::integer AS waiting,
      (count(*) FILTER (WHERE state = 'given-up'))::integer AS "givenUp" FROM hand_over`;
    return (await this.database.read(sql => sql.first<HandOverCounts>(text))) ?? { waiting: 0, givenUp: 0 };
  }

  retry(handOver: HandOverId): Promise<boolean> {
    const text = `UPDATE hand_over SET state = 'waiting', attempts = 0, next_attempt = 0
      WHERE ${one} AND state = 'given-up'`;
    return this.write(text, handOver);
  }

  discard(handOver: HandOverId): Promise<boolean> {
    return this.write(`DELETE FROM hand_over WHERE ${one} AND state = 'given-up'`, handOver);
  }

  private write(text: string, { recordingId, receiver }: HandOverId): Promise<boolean> {
    return this.database.transaction(async sql => (await sql.run(text, [recordingId, receiver])) > 0);
  }
}

/** Leaves what is to be handed over of a recording that is being inserted. */
export async function insertHandOvers(
  sql: Sql,
  { id, contactCenter }: Recording,
  handOvers: readonly NewHandOver[],
): Promise<void> {
  const text = `INSERT INTO hand_over (recording_id, receiver, contact_center, state, attempts, next_attempt, reason)
    VALUES ($1, $2, $3, $4, 0, 0, $5)`;
  for (const { receiver, refusal } of handOvers) {
    const state = refusal === undefined ? 'waiting' : 'given-up';
    await sql.run(text, [id, receiver, contactCenter, state, refusal ?? null]);
  }
}
