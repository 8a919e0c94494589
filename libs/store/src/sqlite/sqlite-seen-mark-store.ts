import type { SeenMark, SeenMarkStore } from '../seen-marks/seen-mark-store.js';
import { storedThing } from './stored-thing.js';

type SeenMarkWrites = { putSeenMarks: { input: readonly SeenMark[]; result: null } };

export const seenMarks = storedThing<SeenMarkWrites, SeenMarkStore>({
  migrations: [
    {
      version: 17,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE seen_mark (
          account TEXT NOT NULL,
          recording_id TEXT NOT NULL,
          time TEXT NOT NULL, -- ISO 8601
          PRIMARY KEY (account, recording_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX seen_mark_by_recording ON seen_mark (recording_id);
        CREATE TRIGGER seen_mark_goes_with_recording AFTER DELETE ON recording
          BEGIN DELETE FROM seen_mark WHERE recording_id = old.id; END;
        -- An account that is made later under the name is another person's.
        CREATE TRIGGER seen_mark_goes_with_account AFTER DELETE ON user_account
          BEGIN DELETE FROM seen_mark WHERE account = CASE
            WHEN json_extract(old.document, '$.source') IS NULL THEN json_extract(old.document, '$.name')
            ELSE char(31) || json_array(json_extract(old.document, '$.source'),
              json_extract(old.document, '$.contactCenter'), json_extract(old.document, '$.name')) END;
          END;
      `,
    },
  ],

  writes(database) {
    const put = database.prepare<[string, string, string, string]>(
      `INSERT INTO seen_mark (account, recording_id, time) SELECT ?, ?, ?
       WHERE NOT EXISTS (SELECT 1 FROM removal_ledger WHERE recording_id = ? AND media_id = '')
       ON CONFLICT DO UPDATE SET time = max(time, excluded.time)`,
    );
    return {
      putSeenMarks(marks) {
        for (const { account, recordingId, time } of marks) put.run(account, recordingId, time, recordingId);
        return null;
      },
    };
  },

  open(reader, writer) {
    const find = reader.database.prepare<[string, string], { readonly id: string; readonly time: string }>(
      `SELECT recording_id AS id, time FROM seen_mark
       WHERE account = ? AND recording_id IN (SELECT value FROM json_each(?))`,
    );
    return {
      async put(marks) {
        await writer.write('putSeenMarks', marks);
      },
      of: (account, recordingIds) =>
        reader.read(() => new Map(find.all(account, JSON.stringify(recordingIds)).map(({ id, time }) => [id, time]))),
    };
  },
});
