import type { SeenMark, SeenMarkStore } from '../seen-marks/seen-mark-store.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlSeenMarkStore implements SeenMarkStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async put(marks: readonly SeenMark[]): Promise<void> {
    if (marks.length === 0) return;
    // In one order, and one row for each, so that nobody waits for somebody who waits.
    const latest = new Map(marks.map(mark => [JSON.stringify([mark.account, mark.recordingId]), mark]));
    for (const mark of marks) {
      const key = JSON.stringify([mark.account, mark.recordingId]);
      if (mark.time > (latest.get(key)?.time ?? '')) latest.set(key, mark);
    }
    const sorted = [...latest].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, mark]) => mark);
    const values = (['account', 'recordingId', 'time'] as const).map(name => sorted.map(mark => mark[name]));
    await this.database.transaction(async sql => {
      // Whoever removes one of them comes before this, or after it.
      const held = 'SELECT 1 FROM recording WHERE id = ANY($1::text[]) ORDER BY id FOR KEY SHARE';
      await sql.all(held, [values[1] ?? []]);
      await sql.run(
        `INSERT INTO seen_mark (account, recording_id, time)
         SELECT mark.account, mark.recording_id, mark.time
         FROM unnest($1::text[], $2::text[], $3::text[]) AS mark (account, recording_id, time)
         WHERE NOT EXISTS (SELECT 1 FROM removal_ledger AS gone
           WHERE gone.recording_id = mark.recording_id AND gone.media_id = '')
         ON CONFLICT (account, recording_id) DO UPDATE SET time = greatest(seen_mark.time, excluded.time)`,
        values,
      );
    });
  }

  async of(account: string, recordingIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const text = 'SELECT recording_id AS id, time FROM seen_mark WHERE account = $1 AND recording_id = ANY($2::text[])';
    const rows = await this.database.read(sql =>
      sql.all<{ readonly id: string; readonly time: string }>(text, [account, [...recordingIds]]),
    );
    return new Map(rows.map(({ id, time }) => [id, time]));
  }
}
