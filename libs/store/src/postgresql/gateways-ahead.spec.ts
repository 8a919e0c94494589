import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import type { MediaEncryption } from '../media-encryption/media-encryption-store.js';
import { exampleMediaFile, exampleRecording } from '../testing/example-recording.js';

const day = 86_400_000;

describe('PostgreSQL, asked by a gateway whose clock is a year ahead', () => {
  const database = new PostgresqlTestDatabase();
  const nextYear = (): number => Date.now() + 365 * day;

  /** Does this with the clock of the gateway. */
  async function ahead<Result>(act: () => Promise<Result>): Promise<Result> {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(nextYear());
    try {
      return await act();
    } finally {
      clock.mockRestore();
    }
  }

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

  it('counts archives that are being made where a key is to go', async () => {
    const { keptArchives, certificates } = await database.open();
    const [contactCenter, at, now] = ['cc-1', new Date().toISOString(), Date.now()];
    const needs = [{ recipients: ['issued:a'], mediaFiles: 1 }];
    const hold = { needs, at, now, holdUntil: now + 3_600_000 };
    const archive = { id: 'archive', contactCenter, begunAt: at, requestedBy: 'ann', reason: 'kept' };
    await keptArchives.begin(archive, hold);
    const question = { contactCenter, alias: 'a', recipients: ['issued:a'], otherRecipients: [] };
    expect((await ahead(() => certificates.use(question))).archives).toBe(1);
    expect(await ahead(() => keptArchives.count(question))).toBe(1);
    expect(await ahead(() => keptArchives.list({ contactCenter, needing: question, limit: 9 }))).toHaveLength(1);
    expect(await ahead(() => keptArchives.needs(contactCenter))).toHaveLength(1);
    const later = { ...hold, now: nextYear(), holdUntil: nextYear() + 1000 };
    await keptArchives.begin({ ...archive, id: 'another' }, later);
    expect(await keptArchives.hold({ ...hold, id: 'archive', isSealed: true })).toBe(true);
  });

  it('goes on knowing which sessions have ended', async () => {
    const { endedSessions } = await database.open();
    await endedSessions.add('one', Date.now() + day);
    await ahead(() => endedSessions.add('another', nextYear() + day));
    expect(await endedSessions.has('one')).toBe(true);
  });
});
