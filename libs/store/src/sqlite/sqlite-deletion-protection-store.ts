import type { DeletionProtection, DeletionProtectionStore } from '../deletion-protection/deletion-protection-store.js';
import { WriteRefused } from '../group-commit/write-request.js';
import { storedThing } from './stored-thing.js';

type ProtectionWrites = {
  protectRecording: { input: DeletionProtection & { recordingId: string }; result: boolean };
  releaseRecording: { input: string; result: boolean };
};

export const deletionProtection = storedThing<ProtectionWrites, DeletionProtectionStore>({
  migrations: [
    {
      version: 11,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE deletion_protection (
          recording_id TEXT NOT NULL PRIMARY KEY REFERENCES recording (id),
          user TEXT NOT NULL,
          time TEXT NOT NULL -- ISO 8601
        ) STRICT, WITHOUT ROWID;
      `,
    },
  ],

  writes(database) {
    const exists = database.prepare<[string]>('SELECT 1 FROM recording WHERE id = ?');
    const protect = database.prepare<[string, string, string]>(
      'INSERT INTO deletion_protection (recording_id, user, time) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    const release = database.prepare<[string]>('DELETE FROM deletion_protection WHERE recording_id = ?');
    return {
      protectRecording({ recordingId, user, time }) {
        if (exists.get(recordingId) === undefined) {
          throw new WriteRefused('RCS_RECORDING_NOT_FOUND', `there is no recording ${recordingId} to protect`);
        }
        return protect.run(recordingId, user, time).changes === 1;
      },
      releaseRecording: recordingId => release.run(recordingId).changes === 1,
    };
  },

  open(reader, writer) {
    const find = reader.database.prepare<[string], DeletionProtection & { recordingId: string }>(
      `SELECT recording_id AS recordingId, user, time FROM deletion_protection
       WHERE recording_id IN (SELECT value FROM json_each(?))`,
    );
    return {
      apply: (recordingId, protection) => writer.write('protectRecording', { recordingId, ...protection }),
      release: recordingId => writer.write('releaseRecording', recordingId),
      of: recordingIds =>
        reader.read(
          () =>
            new Map(
              find.all(JSON.stringify(recordingIds)).map(({ recordingId, ...protection }) => [recordingId, protection]),
            ),
        ),
    };
  },
});
