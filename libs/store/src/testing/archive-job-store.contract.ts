import type { ArchiveJob, ArchivePart } from '../archive-jobs/archive-job.js';
import { rememberedArchiveJobs, type ArchiveJobStep } from '../archive-jobs/archive-job-store.js';
import type { ArchiveSchedule } from '../archive-jobs/archive-schedule.js';
import { storeContract } from './store-contract.js';

const ours = 'cc-1';
const at = '2026-11-21T08:00:00.000Z';
const later = '2026-11-21T09:00:00.000Z';
const noCounts = { parts: 0, recordings: 0, mediaFiles: 0, bytes: 0, leftOut: 0 };
const orderer = { user: 'admin', address: '127.0.0.1', requestId: 'request' };

const job: ArchiveJob = {
  id: 'job',
  contactCenter: ours,
  state: 'running',
  request: { reason: 'kept \u20ac', recordings: ['a'] },
  destination: { storage: 'webDAV', path: 'archives' },
  name: 'archive-job',
  limits: { recordings: 10, bytes: 1000 },
  createdAt: at,
  createdBy: orderer,
  updatedAt: at,
  counts: noCounts,
  leftOut: [],
  attempts: 0,
};
const part: ArchivePart = {
  number: 1,
  path: 'archives/archive-job-0001.zip',
  length: 10,
  sha256: 'aa',
  recordings: 2,
  mediaFiles: 3,
  finishedAt: at,
};
const schedule: ArchiveSchedule = {
  contactCenter: ours,
  version: 'v1',
  at: '02:00',
  request: { reason: 'daily' },
  destination: job.destination,
  limits: job.limits,
  setBy: orderer,
  setAt: at,
  lastDay: '2026-11-20',
};

/** What every ArchiveJobStore must do. */
export const contract = storeContract('archiveJobs', stores => {
  const jobs = () => stores().archiveJobs;
  const found = () => jobs().find(ours, 'job');
  const claim = (owner: string, now = 100) => jobs().claim({ owner, now, leaseUntil: now + 1000 });
  const step = (more: Partial<ArchiveJobStep>) =>
    jobs().step({ id: 'job', owner: 'g1', changes: {}, at: later, leaseUntil: 5000, release: false, ...more });

  describe('ArchiveJobStore contract', () => {
    it('keeps jobs, shows them to their contact center alone, and takes no more than so many', async () => {
      expect(await jobs().create(job, 2)).toBe(true);
      expect(await jobs().create({ ...job, id: 'newer', createdAt: later }, 2)).toBe(true);
      expect(await jobs().create({ ...job, id: 'one-too-many' }, 2)).toBe(false);
      expect(await jobs().create({ ...job, id: 'theirs', contactCenter: 'cc-2' }, 2)).toBe(true);
      expect(await found()).toEqual(job);
      expect(await jobs().find('cc-2', 'job')).toBeUndefined();
      expect((await jobs().list(ours, 9)).map(({ id }) => id)).toEqual(['newer', 'job']);
      expect(await jobs().list(ours, 1)).toHaveLength(1);
      expect(await jobs().count()).toMatchObject({ running: 3, done: 0 });
    });

    it('gives a job to one owner, and to another one when the lease is over', async () => {
      await jobs().create(job, 9);
      expect(await claim('g1')).toEqual(job);
      expect(await claim('g2')).toBeUndefined();
      expect(await jobs().renew('job', 'g2', 9000)).toBeUndefined();
      expect(await jobs().renew('job', 'g1', 9000)).toEqual(job);
      expect(await claim('g2', 8999)).toBeUndefined();
      expect(await claim('g2', 9001)).toEqual(job);
      expect(await jobs().renew('job', 'g1', 10_000)).toBeUndefined();
      expect(await step({ changes: { attempts: 1 } })).toBeUndefined();
      expect(await found()).toEqual(job);
    });

    it('writes progress and the part in one step, and a part once', async () => {
      await jobs().create(job, 9);
      await claim('g1');
      const unfinished = { part: 1, attempt: 'x' };
      expect(await step({ changes: { unfinished } })).toMatchObject({ unfinished, updatedAt: later });
      const counts = { parts: 1, recordings: 2, mediaFiles: 3, bytes: 10, leftOut: 0 };
      const changes = { unfinished: undefined, position: 'p', counts };
      await step({ changes, part });
      await step({ changes, part: { ...part, length: 11 } });
      expect(await found()).toEqual({ ...job, position: 'p', counts, updatedAt: later });
      expect(await jobs().parts(ours, 'job', 0, 9)).toEqual([part]);
      expect(await jobs().parts(ours, 'job', 1, 9)).toEqual([]);
      expect(await jobs().parts('cc-2', 'job', 0, 9)).toEqual([]);
      await step({ changes, state: 'done', release: true, leaseUntil: 0 });
      expect(await claim('g2', 99_999)).toBeUndefined();
      expect(await jobs().count()).toMatchObject({ running: 0, done: 1 });
    });

    it('waits as long as whoever gave it back said, or until it is resumed', async () => {
      await jobs().create(job, 9);
      await claim('g1');
      await step({ changes: { attempts: 1, waiting: 'the disk is full' }, release: true, leaseUntil: 7000 });
      expect(await claim('g2', 6999)).toBeUndefined();
      expect(await jobs().setState(ours, 'job', 'running', later)).toMatchObject({ attempts: 0 });
      expect((await claim('g2', 200))?.waiting).toBeUndefined();
    });

    it('is paused under its owner, who keeps it until it gives it back, and resumed', async () => {
      await jobs().create(job, 9);
      await claim('g1');
      expect(await jobs().setState('cc-2', 'job', 'paused', later)).toBeUndefined();
      expect(await jobs().setState(ours, 'job', 'paused', later)).toMatchObject({ state: 'paused' });
      expect(await jobs().renew('job', 'g1', 2000)).toMatchObject({ state: 'paused' });
      expect(await step({ changes: {}, state: 'failed', release: true, leaseUntil: 0 })).toMatchObject({
        state: 'paused',
      });
      expect(await claim('g2', 99_999)).toBeUndefined();
      expect(await jobs().setState(ours, 'job', 'running', later)).toMatchObject({ state: 'running' });
      expect(await claim('g2', 99_999)).toMatchObject({ id: 'job' });
    });

    it('is cancelled for good, and given to somebody while it left a file behind', async () => {
      await jobs().create(job, 9);
      await claim('g1');
      await step({ changes: { unfinished: { part: 1, attempt: 'x' } }, leaseUntil: 1000 });
      await jobs().setState(ours, 'job', 'cancelled', later);
      expect(await jobs().setState(ours, 'job', 'running', later)).toBeUndefined();
      expect(await claim('g2', 1001)).toMatchObject({ state: 'cancelled', unfinished: { attempt: 'x' } });
      const gone = { changes: { unfinished: undefined }, owner: 'g2', state: 'done', release: true } as const;
      expect(await step(gone)).toMatchObject({ state: 'cancelled' });
      expect(await claim('g2', 99_999)).toBeUndefined();
    });

    it('resumes what failed, and neither pauses it nor what is done', async () => {
      await jobs().create(job, 9);
      await claim('g1');
      const error = { code: 'RCS_STORAGE_FAILED', text: 'full' };
      expect(await step({ changes: { error }, state: 'failed', release: true, leaseUntil: 0 })).toMatchObject({
        state: 'failed',
        error,
      });
      expect(await jobs().setState(ours, 'job', 'paused', later)).toBeUndefined();
      const resumed = await jobs().setState(ours, 'job', 'running', later);
      expect([resumed?.state, resumed?.error]).toEqual(['running', undefined]);
      await claim('g1', 6000);
      await step({ state: 'done', release: true });
      for (const state of ['running', 'paused', 'cancelled'] as const)
        expect(await jobs().setState(ours, 'job', state, later)).toBeUndefined();
    });

    it('forgets the oldest that are at their end', async () => {
      for (let number = 0; number <= rememberedArchiveJobs; number++)
        await jobs().create(
          { ...job, id: `j${number}`, state: 'done', createdAt: `2026-01-01T00:00:${number + 100}Z` },
          9,
        );
      await jobs().create({ ...job, createdAt: '2025-01-01T00:00:00Z' }, 9);
      const ids = (await jobs().list(ours, 999)).map(({ id }) => id);
      expect(ids).toHaveLength(rememberedArchiveJobs + 1);
      expect([ids.includes('j0'), ids.includes('j1'), ids.includes('job')]).toEqual([false, true, true]);
    });

    it('keeps one schedule of a contact center, whose last day never goes back', async () => {
      expect(await jobs().schedule(ours)).toBeUndefined();
      expect(await jobs().putSchedule(schedule)).toEqual(schedule);
      const changed = { ...schedule, version: 'v2', at: '03:00', lastDay: '2026-11-19' };
      expect(await jobs().putSchedule(changed)).toEqual({ ...changed, lastDay: '2026-11-20' });
      expect(await jobs().putSchedule({ ...schedule, contactCenter: 'cc-2' })).toMatchObject({ version: 'v1' });
      expect((await jobs().schedules()).map(({ contactCenter, at: time }) => [contactCenter, time])).toEqual([
        [ours, '03:00'],
        ['cc-2', '02:00'],
      ]);
      expect(await jobs().removeSchedule(ours)).toBe(true);
      expect(await jobs().removeSchedule(ours)).toBe(false);
      expect(await jobs().schedule(ours)).toBeUndefined();
    });

    it('makes one job of a day, whoever asks how often', async () => {
      await jobs().putSchedule(schedule);
      const day = '2026-11-21';
      const start = (id: string, version = 'v1') =>
        jobs().startScheduled({ ...job, id, scheduledFor: day }, day, version);
      expect(await start('stale', 'v0')).toBe(false);
      const started = await Promise.all(['a', 'b', 'c'].map(id => start(id)));
      expect(started.filter(Boolean)).toHaveLength(1);
      expect(await jobs().list(ours, 9)).toHaveLength(1);
      expect(await jobs().schedule(ours)).toMatchObject({ lastDay: day });
      // Set anew after it was removed, on the same day.
      await jobs().removeSchedule(ours);
      await jobs().putSchedule(schedule);
      expect(await start('d')).toBe(false);
      expect(await jobs().list(ours, 9)).toHaveLength(1);
    });
  });
});
