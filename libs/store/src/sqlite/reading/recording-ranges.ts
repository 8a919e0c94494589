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

/**
 * The recordings of recipients in stretches, so that all of them may be counted without keeping others waiting. Each
 * recording is in one stretch, whole.
 */
export async function* rangesOf(
  database: Database.Database,
  contactCenter: string,
  recipients: readonly string[],
): AsyncGenerator<RecordingRange> {
  let above: string | undefined;
  for (;;) {
    const { condition, bound } = within(above === undefined ? {} : { above });
    const upTo = database
      .prepare<string[], string | null>(
        `SELECT min(last) FROM (
           SELECT (SELECT recording_id FROM media_recipient
                   WHERE contact_center = ? AND recipient = one.value AND ${condition}
                   ORDER BY recording_id, media_id LIMIT 1 OFFSET ${rowsAtOnce - 1}) AS last
           FROM json_each(?) AS one)`,
      )
      .pluck()
      .get(contactCenter, ...bound, JSON.stringify(recipients));
    yield { ...(above === undefined ? {} : { above }), ...(upTo == null ? {} : { upTo }) };
    if (upTo == null) return;
    above = upTo;
    await setImmediate();
  }
}
