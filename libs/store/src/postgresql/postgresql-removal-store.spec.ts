import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { exampleRecording } from '../testing/example-recording.js';
import { PostgresqlRemovalStore } from './postgresql-removal-store.js';

describe(PostgresqlRemovalStore.name, () => {
  const database = new PostgresqlTestDatabase();
  const hour = 3_600_000;

  it('keeps what a gateway of the next year has put off for no longer than half a day', async () => {
    const { recordings, removals } = await database.open();
    await recordings.insert(exampleRecording);
    const { id: recordingId, contactCenter } = exampleRecording;
    const order = { recordingId, contactCenter, kind: 'erased', user: 'ann', reason: 'asked for' } as const;
    expect(await removals.remove({ ...order, time: new Date().toISOString() }, [])).toBe('removed');
    const nextYear = Date.now() + 365 * 24 * hour;
    const claimed = await removals.claimMedia({ now: nextYear, leaseUntil: nextYear + 30_000, limit: 10 });
    expect(claimed.length).toBeGreaterThan(0);
    for (const { mediaId } of claimed)
      await removals.postponeMedia(recordingId, mediaId, 'RCS_GRANT_REFUSED', nextYear);
    const now = Date.now();
    expect(await removals.claimMedia({ now, leaseUntil: now, limit: 10 })).toEqual([]);
    const then = now + 13 * hour;
    expect(await removals.claimMedia({ now: then, leaseUntil: then, limit: 10 })).toHaveLength(claimed.length);
  });
});
