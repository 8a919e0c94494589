import type Database from 'better-sqlite3';
import { handOverColumns, handOverOf, type HandOverRow } from '../hand-over/hand-over-row.js';
import type { HandOverCounts, HandOverStore } from '../hand-over/hand-over-store.js';
import { storedThing } from './stored-thing.js';
import { rangesOfTable, within } from './reading/recording-ranges.js';
import { handOverWrites, type HandOverWrites } from './writing/hand-over-writes.js';

/** While many wait, others have their turn in between. */
async function countHandOvers(database: Database.Database): Promise<HandOverCounts> {
  let [waiting, givenUp] = [0, 0];
  for await (const range of rangesOfTable(database, 'hand_over')) {
    const { condition, bound } = within(range);
    const counts = database.prepare<string[], HandOverCounts>(
      `SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
              count(*) FILTER (WHERE state = 'given-up') AS givenUp FROM hand_over WHERE ${condition}`,
    );
    const found = counts.get(...bound);
    waiting += found?.waiting ?? 0;
    givenUp += found?.givenUp ?? 0;
  }
  return { waiting, givenUp };
}

export const handOvers = storedThing<HandOverWrites, HandOverStore>({
  migrations: [
    {
      version: 14,
      worksWithCodeOf: 1,
      sql: `
        -- Metadata of recordings that interaction receivers are to get.
        CREATE TABLE hand_over (
          recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
          receiver TEXT NOT NULL,
          contact_center TEXT NOT NULL,
          state TEXT NOT NULL, -- waiting, given-up
          attempts INTEGER NOT NULL,
          next_attempt INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
          reason TEXT,
          PRIMARY KEY (recording_id, receiver)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX hand_over_by_next_attempt ON hand_over (receiver, state, next_attempt);
      `,
    },
  ],

  writes: handOverWrites,

  open(reader, writer) {
    const { database } = reader;
    const list = database.prepare<[string, string, string, number], HandOverRow>(
      `SELECT ${handOverColumns} FROM hand_over WHERE state = ? AND (recording_id, receiver) > (?, ?)
       ORDER BY recording_id, receiver LIMIT ?`,
    );
    return {
      claim: claim => writer.write('claimHandOvers', claim),
      async noteDelivered({ recordingId, receiver }) {
        await writer.write('noteHandOverDelivered', { recordingId, receiver });
      },
      async noteFailure(handOver, failure) {
        await writer.write('noteHandOverFailure', { handOver, failure });
      },
      list: ({ state, after, limit }) =>
        reader.read(() =>
          list.all(state, after?.recordingId ?? '', after?.receiver ?? '', limit).map(row => handOverOf(row)),
        ),
      counts: () => reader.readAtLength(countHandOvers),
      retry: ({ recordingId, receiver }) => writer.write('retryHandOver', { recordingId, receiver }),
      discard: ({ recordingId, receiver }) => writer.write('discardHandOver', { recordingId, receiver }),
    };
  },
});
