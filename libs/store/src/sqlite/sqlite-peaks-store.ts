import type { PeaksStore } from '../peaks/peaks-store.js';
import { storedThing } from './stored-thing.js';

type KeptPeaks = { readonly recordingId: string; readonly mediaId: string; readonly peaks: Uint8Array };
type PeaksWrites = { keepPeaks: { input: KeptPeaks; result: boolean } };

export const peaks = storedThing<PeaksWrites, PeaksStore>({
  migrations: [
    {
      version: 18,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE media_peaks (
          recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
          media_id TEXT NOT NULL,
          peaks BLOB NOT NULL,
          PRIMARY KEY (recording_id, media_id)
        ) STRICT;
      `,
    },
  ],

  writes(database) {
    const keep = database.prepare<[Buffer, string, string]>(
      `INSERT INTO media_peaks (recording_id, media_id, peaks)
       SELECT recording.id, file.value ->> '$.mediaId', ?
       FROM recording, json_each(recording.document, '$.mediaFiles') AS file
       WHERE recording.id = ? AND file.value ->> '$.mediaId' = ?
       ON CONFLICT DO UPDATE SET peaks = excluded.peaks`,
    );
    return {
      keepPeaks: ({ recordingId, mediaId, peaks: bytes }) =>
        keep.run(Buffer.from(bytes), recordingId, mediaId).changes > 0,
    };
  },

  open(reader, writer) {
    const find = reader.database
      .prepare<[string, string], Buffer>('SELECT peaks FROM media_peaks WHERE recording_id = ? AND media_id = ?')
      .pluck();
    return {
      find: (recordingId, mediaId) => reader.read(() => find.get(recordingId, mediaId)),
      keep: (recordingId, mediaId, bytes) => writer.write('keepPeaks', { recordingId, mediaId, peaks: bytes }),
    };
  },
});
