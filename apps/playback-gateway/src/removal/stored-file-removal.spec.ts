import { MediaStorages } from '#media-storage';
import { createLogger } from '#platform';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { LocationClaims } from '../media-index/location-claims.js';
import type { WorkerErrands } from '../media-index/worker-errands.js';
import type { WorkerClient } from '../workers/worker-client.js';
import { StoredFileRemoval } from './stored-file-removal.js';

const logger = createLogger('test', 'test', 'silent');
const noSetStorages = { find: () => Promise.resolve(undefined) };

const recordingId = 'gone';
const contactCenter = 'cc-1';

describe(StoredFileRemoval.name, () => {
  const database = new PostgresqlTestDatabase();

  it('puts a file off once, and for everybody as long, where the clock of its gateway is ahead', async () => {
    const { recordings, removals, audit, retention, mediaIndex } = await database.open();
    const mediaDescriptor = { storage: 'webDAV', path: 'http://nowhere.example/call.mp3' };
    const mediaFiles = [{ mediaId: 'call', leaf: 'call', type: 'audio/mp3', mediaDescriptor }];
    const startTime = '2026-03-02T09:15:30.250+0000';
    await recordings.insert({ id: recordingId, contactCenter, region: 'default', startTime, mediaFiles });
    const order = { recordingId, contactCenter, kind: 'erased', user: 'ann', reason: 'asked for' } as const;
    expect(await removals.remove({ ...order, time: new Date().toISOString() }, [])).toBe('removed');
    // No worker is asked for what lies in no storage of the configuration.
    const claims = new LocationClaims(mediaIndex, new MediaStorages([]), noSetStorages, logger);
    const { signal } = new AbortController();
    await claims.claimAll(signal);
    const nobody = {} as WorkerErrands & WorkerClient;
    const files = new StoredFileRemoval(removals, audit, retention, claims, nobody, nobody, logger);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 365 * 86_400_000);
    try {
      expect(await files.removeDue('request-1', signal)).toBe(1);
      expect(await files.removeDue('request-2', signal)).toBe(0);
    } finally {
      clock.mockRestore();
    }
    expect(await removals.pendingMedia(contactCenter, 10)).toMatchObject([
      { recordingId, attempts: 1, reason: 'RCS_MEDIA_LOCATION_REFUSED' },
    ]);
    const soon = Date.now() + 60_000;
    expect(await removals.claimMedia({ now: soon, leaseUntil: soon, limit: 10 })).toHaveLength(1);
  });
});
