import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import type { ArchiveJob } from '../archive-jobs/archive-job.js';
import type { ClaimedHandOver } from '../hand-over/hand-over-store.js';
import type { MediaEncryption } from '../media-encryption/media-encryption-store.js';
import type { RewrapRun } from '../rewrap/rewrap-run.js';
import type { Store } from '../store.js';
import { exampleMediaFile, exampleRecording } from '../testing/example-recording.js';

const day = 86_400_000;
const { id: recordingId, contactCenter } = exampleRecording;
const { mediaId, leaf, type, mediaDescriptor } = exampleMediaFile;
const withPlain = { ...exampleRecording, mediaFiles: [{ mediaId, leaf, type, mediaDescriptor }] };
const root = 'ab'.repeat(32);

const encryptionAt = (now: number): MediaEncryption => ({
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
});

const minute = 60_000;
const at = '2026-11-21T08:00:00.000Z';
const run: RewrapRun = {
  ...{ id: 'run', contactCenter, from: 'old', to: 'new', mode: 'replace', state: 'running', failures: [] },
  counts: { total: 3, rewrapped: 0, unchanged: 0, notRewrappable: 0, failed: 0 },
  ...{ createdAt: at, createdBy: 'ann', updatedAt: at },
};
const job: ArchiveJob = {
  ...{ id: 'job', contactCenter, state: 'running', name: 'archive-job', createdAt: at, updatedAt: at, attempts: 0 },
  request: { reason: 'kept', recordings: ['a'] },
  destination: { storage: 'webDAV', path: 'archives' },
  limits: { recordings: 10, bytes: 1000 },
  createdBy: { user: 'ann', address: '127.0.0.1', requestId: 'request' },
  counts: { parts: 0, recordings: 0, mediaFiles: 0, bytes: 0, leftOut: 0 },
  leftOut: [],
};

/** What one gateway at a time works on: by the clock of whoever says it. */
interface Leased {
  readonly claim: (owner: string, now: number) => Promise<unknown>;
  readonly renew?: (owner: string, until: number) => Promise<unknown>;
  readonly putOff: (owner: string, until: number) => Promise<unknown>;
}

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

  it('keeps nothing that it puts off or leases from others for longer than half a day', async () => {
    const { recordings, mediaIndex, mediaEncryptions, removals, removalOrders } = await database.open();
    const then = Date.now() + 13 * 3_600_000;
    const claim = { now: then, leaseUntil: nextYear(), limit: 10 };
    await recordings.insert(withPlain, { locations: [{ mediaId, location: 'plain' }] });
    await mediaIndex.postpone(recordingId, mediaId, 'RCS_GRANT_REFUSED', nextYear());
    expect(await mediaIndex.due('inspection', Date.now(), 10)).toEqual([]);
    expect(await mediaIndex.due('inspection', then, 10)).toHaveLength(1);
    await mediaEncryptions.plan({ ...encryptionAt(nextYear()), leaseUntil: nextYear() + day });
    expect(await removals.claimMedia({ ...claim, now: Date.now() })).toEqual([]);
    expect(await removals.claimMedia(claim)).toHaveLength(1);
    const order = { recordingId, contactCenter, kind: 'erased', user: 'ann', reason: 'asked for' } as const;
    const act = { ...order, act: 'act', time: new Date().toISOString() };
    await removalOrders.begin(act, nextYear());
    expect(await removalOrders.claim({ ...claim, now: Date.now() })).toEqual([]);
    expect(await removalOrders.claim(claim)).toHaveLength(1);
    expect(await removalOrders.claim(claim)).toHaveLength(1);
    await removalOrders.wait(act);
    await removalOrders.postpone(recordingId, nextYear());
    expect(await removalOrders.claim({ ...claim, now: Date.now() })).toEqual([]);
    expect(await removalOrders.claim(claim)).toHaveLength(1);
  });

  it('leaves a stored file as it is whose hold ends later', async () => {
    const { recordings, legalHolds, mediaEncryptions } = await database.open();
    const findings = [{ mediaId, pin: { layout: 'plain', length: 3 }, recipients: [] } as const];
    await recordings.insert(withPlain, { locations: [{ mediaId, location: 'plain' }], findings });
    const now = nextYear();
    const encryption = encryptionAt(now);
    expect(await mediaEncryptions.plan({ ...encryption, leaseUntil: now + day })).toBe(true);
    const until = new Date(Date.now() + 100 * day).toISOString();
    const time = new Date().toISOString();
    await legalHolds.place({ id: 'hold', recordingId, user: 'ann', reason: 'case 4711', time, until });
    await expect(mediaEncryptions.encrypt(encryption)).rejects.toMatchObject({ code: 'RCS_RECORDING_HELD' });
  });

  describe.each<[string, (store: Store) => Promise<Leased>]>([
    [
      'a rewrap run',
      async ({ rewraps }) => {
        await rewraps.create(run);
        return {
          claim: (owner, now) => rewraps.claim({ owner, now, leaseUntil: now + 15_000 }),
          putOff: (owner, until) => rewraps.release(run.id, owner, until, 'the vault is away'),
        };
      },
    ],
    [
      'an archive job',
      async ({ archiveJobs }) => {
        await archiveJobs.create(job, 9);
        return {
          claim: (owner, now) => archiveJobs.claim({ owner, now, leaseUntil: now + 15_000 }),
          renew: (owner, until) => archiveJobs.renew(job.id, owner, until),
          putOff: (owner, leaseUntil) =>
            archiveJobs.step({ id: job.id, owner, changes: {}, at: job.createdAt, leaseUntil, release: true }),
        };
      },
    ],
    [
      'a hand-over',
      async ({ recordings, handOvers }) => {
        await recordings.insert(exampleRecording, { handOvers: [{ receiver: 'https://receiver.example' }] });
        let claimed: ClaimedHandOver | undefined;
        return {
          claim: async (_owner, now) => {
            const receiver = 'https://receiver.example';
            [claimed] = await handOvers.claim({ receiver, now, leaseUntil: now + 15_000, limit: 1 });
            return claimed;
          },
          putOff: (_owner, nextAttempt) => handOvers.noteFailure(claimed!, { reason: 'away', nextAttempt }),
        };
      },
    ],
  ])('has %s', (_what, prepare) => {
    it('leased, and put off, as long as by another gateway', async () => {
      const { claim, renew, putOff } = await prepare(await database.open());
      expect(await ahead(() => claim('ahead', Date.now()))).toBeDefined();
      expect(await claim('other', Date.now())).toBeUndefined();
      if (renew !== undefined) await ahead(() => renew('ahead', Date.now() + 15_000));
      expect(await claim('other', Date.now() + minute)).toBeDefined();
      // What another one has is not taken from it.
      expect(await ahead(() => claim('ahead', Date.now()))).toBeUndefined();
      expect(await ahead(() => claim('ahead', Date.now() + 2 * minute))).toBeDefined();
      await ahead(() => putOff('ahead', Date.now() + minute));
      expect(await ahead(() => claim('ahead', Date.now()))).toBeUndefined();
      expect(await claim('other', Date.now())).toBeUndefined();
      expect(await claim('other', Date.now() + 2 * minute)).toBeDefined();
    });
  });

  it('counts archives that are being made where a key is to go', async () => {
    const { keptArchives, certificates } = await database.open();
    const [at, now] = [new Date().toISOString(), Date.now()];
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
