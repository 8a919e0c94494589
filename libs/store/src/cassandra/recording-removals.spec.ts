import { RcsError } from '#platform';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { exampleRecording } from '../testing/example-recording.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { removalsInCassandra } from './cassandra-removal-store.js';
import { RecordingRemovals } from './recording-removals.js';

const day = 86_400_000;
const { id: recordingId, contactCenter } = exampleRecording;

describe(RecordingRemovals.name, () => {
  const postgresql = new PostgresqlTestDatabase();

  it('heeds a hold that ends later, by PostgreSQL, than the clock of a gateway says', async () => {
    const { removalOrders } = await postgresql.open();
    const until = new Date(Date.now() + 100 * day).toISOString();
    const row = {
      document: JSON.stringify(exampleRecording),
      ...{ inserted_by: 'act', complete: true, revision: null, removal: null, protection: null, labels: null },
      holds: { hold: JSON.stringify({ id: 'hold', recordingId, user: 'ann', reason: 'case 4711', until }) },
    };
    // All that is asked of Cassandra before it is decided.
    const cassandra = { firstDecided: () => Promise.resolve(row) } as unknown as CassandraDatabase;
    const time = new Date(Date.now() + 365 * day).toISOString();
    const order = { recordingId, contactCenter, kind: 'deleted', user: 'ann', reason: 'wrong', time } as const;
    const decided = new RecordingRemovals(cassandra, removalOrders).decide(order, [], { act: 'act', before: Infinity });
    await expect(decided).rejects.toMatchObject({ code: 'RCS_RECORDING_HELD' });
  });

  it('leaves an act to others within minutes, whatever the clock of the gateway says that began it', async () => {
    const { removals, removalOrders } = await postgresql.open();
    const away = () => Promise.reject(new RcsError('RCS_STORE_UNAVAILABLE', 'no node answers'));
    const cassandra = { operation: away } as unknown as CassandraDatabase;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 365 * day);
    const order = { recordingId, contactCenter, kind: 'deleted', user: 'ann', reason: 'wrong' } as const;
    try {
      const removal = { ...order, time: new Date(Date.now()).toISOString() };
      await expect(removalsInCassandra({ removals, removalOrders }, cassandra).remove(removal, [])).rejects.toThrow();
    } finally {
      clock.mockRestore();
    }
    const now = Date.now();
    expect(await removalOrders.claim({ now, leaseUntil: now, limit: 10 })).toEqual([]);
    const later = now + 10 * 60_000;
    expect(await removalOrders.claim({ now: later, leaseUntil: later, limit: 10 })).toMatchObject([order]);
  });
});
