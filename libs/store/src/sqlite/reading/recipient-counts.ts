import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import {
  mayOverlap,
  recordingsOfGroups,
  type RecipientCounts,
  type RecipientSetCount,
} from '../../rewrap/recipient-counts.js';

interface CountRow {
  readonly recipient: string;
  readonly recordings: number;
}

interface SetRow {
  /** JSON. */
  readonly recipients: string;
  readonly recordings: number;
}

/** Reads the counts that the triggers of the store keep: what it costs does not grow with the recordings. */
export class RecipientCountReader {
  private readonly some: Statement<[string, string], CountRow>;
  private readonly first: Statement<[string, number], CountRow>;
  private readonly sets: Statement<[string], SetRow>;
  private readonly many: Statement<[string, string], SetRow>;
  private readonly inOneMoment: (contactCenter: string, groups: readonly (readonly string[])[]) => number[];

  constructor(database: Database.Database) {
    this.some = database.prepare(
      `SELECT recipient, recordings FROM recipient_count
       WHERE contact_center = ? AND recipient IN (SELECT value FROM json_each(?))`,
    );
    this.first = database.prepare('SELECT recipient, recordings FROM recipient_count WHERE contact_center = ? LIMIT ?');
    this.sets = database.prepare('SELECT recipients, recordings FROM recipient_set_count WHERE contact_center = ?');
    this.many = database.prepare(
      `SELECT json_group_array(DISTINCT recipient) AS recipients, 1 AS recordings
       FROM many_recipients AS many CROSS JOIN media_recipient AS own
         ON own.recording_id = many.recording_id AND +own.recipient IN (SELECT value FROM json_each(?))
       WHERE many.contact_center = ? GROUP BY many.recording_id`,
    );
    this.inOneMoment = database.transaction((contactCenter: string, groups: readonly (readonly string[])[]) =>
      this.counted(contactCenter, groups),
    );
  }

  /** For each group of recipients how many recordings have a media file for one of them. */
  of(contactCenter: string, groups: readonly (readonly string[])[]): readonly number[] {
    return this.inOneMoment(contactCenter, groups);
  }

  private counted(contactCenter: string, groups: readonly (readonly string[])[]): number[] {
    const asked = groups.flat();
    const counts = this.countsOf(contactCenter, asked);
    if (!mayOverlap(groups, counts)) return recordingsOfGroups(groups, counts);
    const several = [...this.sets.all(contactCenter), ...this.many.all(JSON.stringify(asked), contactCenter)];
    return recordingsOfGroups(groups, counts, several.map(parsed));
  }

  private countsOf(contactCenter: string, asked: readonly string[]): RecipientCounts {
    // All rows are read faster than as many are looked up.
    const first = this.first.all(contactCenter, asked.length + 1);
    const rows = first.length <= asked.length ? first : this.some.all(contactCenter, JSON.stringify(asked));
    return new Map(rows.map(({ recipient, recordings }) => [recipient, recordings]));
  }
}

const parsed = ({ recipients, recordings }: SetRow): RecipientSetCount => ({
  recipients: JSON.parse(recipients) as string[],
  recordings,
});
