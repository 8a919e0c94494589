import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { GroupCounts, RecipientGroups, type RecipientSetCount } from '../../rewrap/recipient-counts.js';

type CountRow = readonly [recipient: string, recordings: number];

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
  private readonly inOneMoment: (contactCenter: string, groups: RecipientGroups) => readonly number[];

  constructor(database: Database.Database) {
    const some = database.prepare<[string, string], CountRow>(
      `SELECT recipient, recordings FROM recipient_count
       WHERE contact_center = ? AND recipient IN (SELECT value FROM json_each(?))`,
    );
    const first = database.prepare<[string, number], CountRow>(
      'SELECT recipient, recordings FROM recipient_count WHERE contact_center = ? LIMIT ?',
    );
    [this.some, this.first] = [some.raw(), first.raw()];
    this.sets = database.prepare('SELECT recipients, recordings FROM recipient_set_count WHERE contact_center = ?');
    this.many = database.prepare(
      `SELECT json_group_array(DISTINCT recipient) AS recipients, 1 AS recordings
       FROM many_recipients AS many CROSS JOIN media_recipient AS own
         ON own.recording_id = many.recording_id AND +own.recipient IN (SELECT value FROM json_each(?))
       WHERE many.contact_center = ? GROUP BY many.recording_id`,
    );
    this.inOneMoment = database.transaction((contactCenter: string, groups: RecipientGroups) =>
      this.counted(contactCenter, groups),
    );
  }

  /** For each group of recipients how many recordings have a media file for one of them. */
  of(contactCenter: string, groups: readonly (readonly string[])[]): readonly number[] {
    return this.inOneMoment(contactCenter, RecipientGroups.of(groups));
  }

  private counted(contactCenter: string, groups: RecipientGroups): readonly number[] {
    const counts = new GroupCounts(groups);
    for (const [recipient, recordings] of this.rowsOf(contactCenter, groups)) counts.add(recipient, recordings);
    if (!counts.mayOverlap) return counts.totals();
    const asked = JSON.stringify(groups.recipients);
    const several = [...this.sets.all(contactCenter), ...this.many.all(asked, contactCenter)];
    return counts.totals(several.map(parsed));
  }

  private rowsOf(contactCenter: string, { recipients }: RecipientGroups): readonly CountRow[] {
    // All rows are read faster than as many are looked up.
    const first = this.first.all(contactCenter, recipients.length + 1);
    return first.length <= recipients.length ? first : this.some.all(contactCenter, JSON.stringify(recipients));
  }
}

const parsed = ({ recipients, recordings }: SetRow): RecipientSetCount => ({
  recipients: JSON.parse(recipients) as string[],
  recordings,
});
