import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '#store';
import { ArchiveScheduler } from './archive-scheduler.js';

const directory = mkdtempSync(join(tmpdir(), 'rcs-archive-schedule-'));
let store: Store;

beforeAll(async () => {
  store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const schedule = {
  contactCenter: 'cc-1',
  version: 'v1',
  at: '02:30',
  request: { reason: 'daily', age: { minimumDays: 0, maximumDays: 1 } },
  destination: { storage: 'webDAV', path: 'archives' },
  limits: { recordings: 10, bytes: 1000 },
  setBy: { user: 'admin', address: '127.0.0.1', requestId: 'request' },
  setAt: '2026-11-27T08:00:00.000Z',
  lastDay: '2026-11-27',
};

it('makes one job of each day when its time has come, of several gateways, and makes up for those that were missed', async () => {
  await store.archiveJobs.putSchedule(schedule);
  let now = 0;
  const logger = { info: () => undefined, warn: () => undefined };
  const gateways = [1, 2, 3].map(
    () => new ArchiveScheduler(store.archiveJobs, store.audit, store.retention, logger, () => now),
  );
  const lookAt = async (time: string) => {
    now = Date.parse(time);
    await Promise.all(gateways.map(gateway => gateway.look()));
    return (await store.archiveJobs.list('cc-1', 99)).map(({ scheduledFor }) => scheduledFor).sort();
  };

  expect(await lookAt('2026-11-28T02:29:59Z')).toEqual([]);
  expect(await lookAt('2026-11-28T02:30:00Z')).toEqual(['2026-11-28']);
  expect(await lookAt('2026-11-28T23:59:00Z')).toEqual(['2026-11-28']);
  // None ran for two days.
  expect(await lookAt('2026-12-01T01:00:00Z')).toEqual(['2026-11-28', '2026-11-29', '2026-11-30']);
  expect(await lookAt('2026-12-01T03:00:00Z')).toHaveLength(4);

  const [made] = (await store.archiveJobs.list('cc-1', 99)).filter(({ scheduledFor }) => scheduledFor === '2026-11-29');
  const search = { startTime: Date.parse('2026-11-28T00:00:00Z'), endTime: Date.parse('2026-11-29T00:00:00Z') };
  expect(made).toMatchObject({ state: 'running', request: { reason: 'daily', search }, createdBy: { user: 'admin' } });
  expect(made?.name).toMatch(/^archive-2026-11-28-/);
});

it('makes no job of a day that the clock of the store does not have yet', async () => {
  await store.archiveJobs.putSchedule({ ...schedule, contactCenter: 'cc-2', version: 'v2' });
  const logger = { info: () => undefined, warn: () => undefined };
  const retention = { notAhead: () => Promise.resolve(Date.parse('2026-11-28T03:00:00Z')) };
  const nextYear = () => Date.parse('2027-11-28T03:00:00Z');
  await new ArchiveScheduler(store.archiveJobs, store.audit, retention, logger, nextYear).look();
  const jobs = await store.archiveJobs.list('cc-2', 99);
  expect(jobs.map(({ scheduledFor, createdAt }) => [scheduledFor, createdAt])).toEqual([
    ['2026-11-28', '2026-11-28T03:00:00.000Z'],
  ]);
});
