import type Database from 'better-sqlite3';
import { locationDigest } from '../removal/location-digest.js';
import type { LedgerEntry, RemovalClaim, RemovalStore } from '../removal/removal-store.js';
import { rangesOfTable, within } from './reading/recording-ranges.js';
import { storedThing } from './stored-thing.js';
import {
  removalWrites,
  removedMediaColumns,
  removedMediaOf,
  type RemovalWrites,
  type RemovedMediaRow,
} from './writing/removal-writes.js';

type LedgerRow = Omit<LedgerEntry, 'mediaId'> & { readonly mediaId: string };

/** The oldest trouble first; while there is much, others have their turn in between. */
async function pendingRows(
  database: Database.Database,
  contactCenter: string | undefined,
  limit: number,
): Promise<readonly RemovedMediaRow[]> {
  let first: readonly RemovedMediaRow[] = [];
  for await (const range of rangesOfTable(database, 'removed_media')) {
    const { condition, bound } = within(range);
    const rows = database.prepare<(string | number | null)[], RemovedMediaRow>(
      `SELECT ${removedMediaColumns} FROM removed_media WHERE ${condition} AND contact_center = ifnull(?, contact_center)
       ORDER BY attempts DESC, recording_id, media_id LIMIT ?`,
    );
    const both = [...first, ...rows.all(...bound, contactCenter ?? null, limit)];
    // Those of equal trouble stay in the order of the stretches.
    first = both.sort((one, other) => other.attempts - one.attempts).slice(0, limit);
  }
  return first;
}

export const removals = storedThing<RemovalWrites, RemovalStore>({
  migrations: [
    {
      version: 12,
      worksWithCodeOf: 1,
      sql: `
        -- Which recordings name a place, by the SHA-256 of the place.
        CREATE TABLE media_location (
          location BLOB NOT NULL,
          recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
          media_id TEXT NOT NULL,
          PRIMARY KEY (location, recording_id, media_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX media_location_by_recording ON media_location (recording_id, media_id);

        -- Stored files whose metadata is gone.
        CREATE TABLE removed_media (
          recording_id TEXT NOT NULL,
          media_id TEXT NOT NULL,
          contact_center TEXT NOT NULL,
          location BLOB, -- NULL: in no storage of the configuration
          descriptor TEXT NOT NULL,
          attempts INTEGER NOT NULL,
          next_attempt INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
          reason TEXT,
          PRIMARY KEY (recording_id, media_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX removed_media_by_location ON removed_media (location);
        CREATE INDEX removed_media_by_next_attempt ON removed_media (next_attempt);

        CREATE TABLE awaited_erasure (
          recording_id TEXT NOT NULL PRIMARY KEY REFERENCES recording (id) ON DELETE CASCADE,
          contact_center TEXT NOT NULL,
          user TEXT NOT NULL,
          reason TEXT NOT NULL,
          time TEXT NOT NULL, -- ISO 8601
          next_attempt INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE removal_ledger (
          number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
          recording_id TEXT NOT NULL,
          media_id TEXT NOT NULL, -- '': the whole recording
          contact_center TEXT NOT NULL,
          kind TEXT NOT NULL,
          time TEXT NOT NULL, -- ISO 8601
          UNIQUE (recording_id, media_id)
        ) STRICT;
      `,
    },
    {
      version: 26,
      worksWithCodeOf: 1,
      sql: 'CREATE INDEX awaited_erasure_by_next_attempt ON awaited_erasure (next_attempt)',
    },
  ],

  writes: removalWrites,

  open(reader, writer) {
    const { database } = reader;
    const named = database.prepare<[Buffer]>('SELECT 1 FROM media_location WHERE location = ? LIMIT 1');
    const ledger = database.prepare<[number, number], LedgerRow>(
      `SELECT number, recording_id AS recordingId, media_id AS mediaId, contact_center AS contactCenter, kind, time
       FROM removal_ledger WHERE number > ? ORDER BY number LIMIT ?`,
    );
    const missing = database.prepare<[string], { readonly position: number }>(
      `SELECT key AS position FROM json_each(?) AS entry WHERE NOT EXISTS (
         SELECT 1 FROM removal_ledger
         WHERE recording_id = entry.value ->> '$.recordingId' AND media_id = ifnull(entry.value ->> '$.mediaId', ''))`,
    );
    const removed = database.prepare<[string]>(`SELECT 1 FROM removal_ledger WHERE recording_id = ? AND media_id = ''`);
    const isPending = database.prepare<[string]>('SELECT 1 FROM removed_media WHERE recording_id = ? LIMIT 1');
    const dueMedia = database.prepare<[number]>('SELECT 1 FROM removed_media WHERE next_attempt <= ? LIMIT 1');
    const dueErasure = database.prepare<[number]>('SELECT 1 FROM awaited_erasure WHERE next_attempt <= ? LIMIT 1');
    // Gateways ask every two seconds: where there is nothing, the thread that writes sleeps on.
    const isAny = (due: typeof dueMedia, { now }: RemovalClaim): Promise<boolean> =>
      reader.read(() => due.get(now) !== undefined);
    return {
      hasPendingMedia: recordingId => reader.read(() => isPending.get(recordingId) !== undefined),
      hasRemoved: recordingId => reader.read(() => removed.get(recordingId) !== undefined),
      notInLedger: entries =>
        reader.read(() => {
          const positions = new Set(missing.all(JSON.stringify(entries)).map(({ position }) => position));
          return entries.filter((_, position) => positions.has(position));
        }),
      remove: (order, locations) => writer.write('removeRecording', { order, locations }),
      replay: (entry, locations) => writer.write('replayRemoval', { entry, locations }),
      claimMedia: async claim => ((await isAny(dueMedia, claim)) ? writer.write('claimRemovedMedia', claim) : []),
      isNamed: location => reader.read(() => named.get(locationDigest(location)) !== undefined),
      async noteMediaGone(recordingId, mediaId) {
        await writer.write('noteMediaGone', { recordingId, mediaId });
      },
      async postponeMedia(recordingId, mediaId, reason, nextAttempt) {
        await writer.write('postponeRemovedMedia', { recordingId, mediaId, reason, nextAttempt });
      },
      claimErasures: async claim => ((await isAny(dueErasure, claim)) ? writer.write('claimErasures', claim) : []),
      async postponeErasure(recordingId, nextAttempt) {
        await writer.write('postponeErasure', { recordingId, nextAttempt });
      },
      pendingMedia: (contactCenter, limit) =>
        reader.readAtLength(async documents =>
          (await pendingRows(documents, contactCenter, limit)).map(removedMediaOf),
        ),
      ledger: (after, limit) =>
        reader.read(() =>
          ledger
            .all(after, limit)
            .map(({ mediaId, ...entry }) => ({ ...entry, ...(mediaId === '' ? {} : { mediaId }) })),
        ),
      // Ledger and recordings lie in one database, and come back together.
      broughtBack: () => Promise.resolve({ recordings: [] }),
      // Deleted rows are overwritten where they lay (secure_delete); the write-ahead log still has them until it is cut.
      scrub: () =>
        reader.read(() => {
          const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
          return result?.busy === 0;
        }),
    };
  },
});
