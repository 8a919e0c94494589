import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';

/** Recordings whose ids lie above the first and not above the second, by their bytes; absent: from the beginning, to the end. */
export interface RecordingRange {
  readonly above?: string;
  readonly upTo?: string;
}

/** A condition on the column recording_id, and what is bound to it. */
export const within = ({ above, upTo }: RecordingRange): { readonly condition: string; readonly bound: string[] } => ({
  condition: [
    'TRUE',
    ...(above === undefined ? [] : ['recording_id > ?']),
    ...(upTo === undefined ? [] : ['recording_id <= ?']),
  ].join(' AND '),
  bound: [above, upTo].filter(id => id !== undefined),
});

/** Rows of a recipient that are read at once: some milliseconds, in which nobody else has a turn. */
const rowsAtOnce = 1000;

/** The recordings of recipients in stretches: each recording is in one of them, whole. */
export const rangesOf = (
  database: Database.Database,
  contactCenter: string,
  recipients: readonly string[],
): AsyncGenerator<RecordingRange> =>
  stretches(after => {
    const { condition, bound } = within(after);
    const text = `SELECT min(last) FROM (
        SELECT (SELECT recording_id FROM media_recipient
                WHERE contact_center = ? AND recipient = one.value AND ${condition}
                ORDER BY recording_id, media_id LIMIT 1 OFFSET ${rowsAtOnce - 1}) AS last
        FROM json_each(?) AS one)`;
    return lastIn(database, text, [contactCenter, ...bound, JSON.stringify(recipients)]);
  });

/** The recordings with media files of which something is missing, in stretches: each recording is in one of them, whole. */
export const unindexedRangesOf = (
  database: Database.Database,
  contactCenter: string,
  missing: string,
): AsyncGenerator<RecordingRange> =>
  stretches(after => {
    const { condition, bound } = within(after);
    const text = `SELECT (SELECT recording_id FROM unindexed_media WHERE contact_center = ? AND missing = ? AND ${condition}
      ORDER BY recording_id LIMIT 1 OFFSET ${rowsAtOnce - 1})`;
    return lastIn(database, text, [contactCenter, missing, ...bound]);
  });

/** A whole table in stretches: each recording is in one of them, with all its rows. */
export const rangesOfTable = (
  database: Database.Database,
  table: 'hand_over' | 'removed_media',
): AsyncGenerator<RecordingRange> =>
  stretches(after => {
    const { condition, bound } = within(after);
    const text = `SELECT (SELECT recording_id FROM ${table} WHERE ${condition}
      ORDER BY recording_id LIMIT 1 OFFSET ${rowsAtOnce - 1})`;
    return lastIn(database, text, bound);
  });

const lastIn = (database: Database.Database, text: string, bound: readonly string[]): string | null | undefined =>
  database.prepare<readonly string[], string | null>(text).pluck().get(bound);

/**
 * Stretches up to where the next one begins, so that all may be counted without keeping others waiting.
 * @param lastAfter the last recording of the stretch behind another; none: it goes to the end
 */
async function* stretches(
  lastAfter: (after: RecordingRange) => string | null | undefined,
): AsyncGenerator<RecordingRange> {
  for (let after: RecordingRange = {}; ;) {
    const upTo = lastAfter(after) ?? undefined;
    yield { ...after, ...(upTo === undefined ? {} : { upTo }) };
    if (upTo === undefined) return;
    after = { above: upTo };
    await setImmediate();
  }
}
