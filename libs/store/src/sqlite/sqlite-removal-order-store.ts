import { goneRecordings, type GoneRow } from '../removal/gone-recordings.js';
import { locationDigest } from '../removal/location-digest.js';
import type { RemovalAct, RemovalOrderStore, SettledRemoval } from '../removal/removal-order-store.js';
import type { RemovalClaim } from '../removal/removal-store.js';
import { storedThing } from './stored-thing.js';
import { removalOrderWrites, type RemovalOrderWrites } from './writing/removal-order-writes.js';

export const removalOrders = storedThing<RemovalOrderWrites, RemovalOrderStore>({
  migrations: [
    {
      version: 19,
      worksWithCodeOf: 1,
      sql: `
        -- Removals of recordings whose metadata lies in another database.
        CREATE TABLE removal_order (
          recording_id TEXT NOT NULL,
          act TEXT NOT NULL, -- '': an erasure that waits
          contact_center TEXT NOT NULL,
          kind TEXT NOT NULL,
          user TEXT NOT NULL,
          reason TEXT NOT NULL,
          time TEXT NOT NULL, -- ISO 8601
          next_attempt INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
          PRIMARY KEY (recording_id, act)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX removal_order_by_next_attempt ON removal_order (next_attempt);
      `,
    },
  ],

  writes: removalOrderWrites,

  open(reader, writer) {
    const gone = reader.database.prepare<[string], GoneRow>(
      `SELECT recording_id AS recordingId, media_id AS mediaId, contact_center AS contactCenter FROM removal_ledger
       WHERE recording_id IN (SELECT value FROM json_each(?))`,
    );
    const clearing = reader.database.prepare<[Buffer]>('SELECT 1 FROM removed_media WHERE location = ? LIMIT 1');
    return {
      async begin(act: RemovalAct, nextAttempt: number) {
        await writer.write('beginRemoval', { act, nextAttempt });
      },
      async wait(act: RemovalAct) {
        await writer.write('awaitErasure', act);
      },
      async end(recordingId: string, act?: string) {
        await writer.write('endRemoval', { recordingId, act: act ?? null });
      },
      claim: (claim: RemovalClaim) => writer.write('claimRemovalOrders', claim),
      async postpone(recordingId: string, nextAttempt: number) {
        await writer.write('postponeRemovalOrder', { recordingId, nextAttempt });
      },
      async settle(removal: SettledRemoval) {
        await writer.write('settleRemoval', removal);
      },
      goneOf: recordingIds => reader.read(() => goneRecordings(gone.all(JSON.stringify(recordingIds)))),
      // All gateways of a store in files are on its host, and have its clock.
      notAhead: now => Promise.resolve(now),
      beingCleared: locations =>
        reader.read(() => locations.find(({ location }) => clearing.get(locationDigest(location)) !== undefined)),
    };
  },
});
