import { WriteRefused } from '../group-commit/write-request.js';
import type { Recording } from '../recordings/recording.js';
import { groupedHolds, type LegalHoldRow } from '../removal/grouped-holds.js';
import type { LegalHold, LegalHoldStore } from '../removal/legal-hold.js';
import { storedThing } from './stored-thing.js';

type HoldWrites = {
  placeHold: { input: LegalHold; result: null };
  releaseHold: { input: { recordingId: string; id: string }; result: boolean };
};

export const legalHolds = storedThing<HoldWrites, LegalHoldStore>({
  migrations: [
    {
      version: 13,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE legal_hold (
          id TEXT NOT NULL PRIMARY KEY,
          recording_id TEXT NOT NULL REFERENCES recording (id),
          media_id TEXT NOT NULL, -- '': the whole recording
          user TEXT NOT NULL,
          reason TEXT NOT NULL,
          time TEXT NOT NULL, -- ISO 8601
          until TEXT -- ISO 8601
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX legal_hold_by_recording ON legal_hold (recording_id, time);
      `,
    },
  ],

  writes(database) {
    const find = database.prepare<[string], { document: string }>('SELECT document FROM recording WHERE id = ?');
    const place = database.prepare<[string, string, string, string, string, string, string | null]>(
      'INSERT INTO legal_hold (id, recording_id, media_id, user, reason, time, until) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const release = database.prepare<[string, string]>('DELETE FROM legal_hold WHERE recording_id = ? AND id = ?');
    const goOn = database.prepare<[string]>('UPDATE awaited_erasure SET next_attempt = 0 WHERE recording_id = ?');
    return {
      placeHold({ id, recordingId, mediaId, user, reason, time, until }) {
        const row = find.get(recordingId);
        const files = row === undefined ? [] : (JSON.parse(row.document) as Recording).mediaFiles;
        if (row === undefined || (mediaId !== undefined && !files.some(file => file.mediaId === mediaId))) {
          const what = mediaId === undefined ? '' : ` with a media file ${JSON.stringify(mediaId)}`;
          throw new WriteRefused('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId}${what} to hold`);
        }
        place.run(id, recordingId, mediaId ?? '', user, reason, time, until ?? null);
        return null;
      },
      releaseHold({ recordingId, id }) {
        if (release.run(recordingId, id).changes === 0) return false;
        goOn.run(recordingId);
        return true;
      },
    };
  },

  open(reader, writer) {
    const find = reader.database.prepare<[string], LegalHoldRow>(
      `SELECT id, recording_id AS recordingId, media_id AS mediaId, user, reason, time, until FROM legal_hold
       WHERE recording_id IN (SELECT value FROM json_each(?)) ORDER BY recording_id, time, id`,
    );
    return {
      async place(hold) {
        await writer.write('placeHold', hold);
      },
      release: (recordingId, id) => writer.write('releaseHold', { recordingId, id }),
      of: recordingIds => reader.read(() => groupedHolds(find.all(JSON.stringify(recordingIds)))),
    };
  },
});
