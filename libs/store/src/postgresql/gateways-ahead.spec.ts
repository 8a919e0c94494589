import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import type { MediaEncryption } from '../media-encryption/media-encryption-store.js';
import { exampleMediaFile, exampleRecording } from '../testing/example-recording.js';

const day = 86_400_000;

describe('PostgreSQL, asked by a gateway whose clock is a year ahead', () => {
  const database = new PostgresqlTestDatabase();
  const nextYear = (): number => Date.now() + 365 * day;

  it('says what time it is', async () => {
    const { removalOrders, retention } = await database.open();
    for (const clock of [removalOrders, retention]) {
      const before = Date.now();
      const told = await clock.notAhead(nextYear());
      // Both clocks are those of this machine.
      expect(told).toBeGreaterThanOrEqual(before - 1000);
      expect(told).toBeLessThanOrEqual(Date.now() + 1000);
    }
  });

  it('leaves a stored file as it is whose hold ends later', async () => {
    const { recordings, legalHolds, mediaEncryptions } = await database.open();
    const { mediaId, leaf, type, mediaDescriptor } = exampleMediaFile;
    const plain = { mediaId, leaf, type, mediaDescriptor };
    const { id: recordingId, contactCenter } = exampleRecording;
    const locations = [{ mediaId, location: 'plain' }];
    const findings = [{ mediaId, pin: { layout: 'plain', length: 3 }, recipients: [] } as const];
    await recordings.insert({ ...exampleRecording, mediaFiles: [plain] }, { locations, findings });
    const root = 'ab'.repeat(32);
    const now = nextYear();
    const encryption: MediaEncryption = {
      ...{ recordingId, mediaId, contactCenter, path: mediaDescriptor.path, plainLocation: 'plain' },
      ...{ descriptor: { storage: 'webDAV', path: 'new' }, location: 'new', pkcs7: 'MAA=', certAlias: ['record'] },
      recipients: ['issued:one'],
      finding: {
        mediaId,
        pin: { layout: 'detached', length: 16, contentRoot: root, contentRootFrom: 'insertion' },
        recipients: ['issued:one'],
        leaves: Buffer.from(root, 'hex'),
      },
      now,
      removeAt: now + 10_000,
    };
    expect(await mediaEncryptions.plan({ ...encryption, leaseUntil: now + day })).toBe(true);
    const until = new Date(Date.now() + 100 * day).toISOString();
    const time = new Date().toISOString();
    await legalHolds.place({ id: 'hold', recordingId, user: 'ann', reason: 'case 4711', time, until });
    await expect(mediaEncryptions.encrypt(encryption)).rejects.toMatchObject({ code: 'RCS_RECORDING_HELD' });
  });
});
