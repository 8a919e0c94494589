import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { verifyArchive } from '#archive';
import { processIdOf } from '#test/cluster/process-id.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { startClusterOn } from '#test/storage/cluster-on-storages.js';
import { SloppyStorage, type Mood } from '#test/storage/sloppy-storage.js';
import { countInTier } from '#test/tier.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { bytesOf } from '#test/archives/made-archives.js';
import { ArchiveJobsClient } from '../e2e/archive-jobs-client.js';
import { CurlClient } from '../e2e/curl-client.js';
import { KeptArchivesClient } from '../e2e/kept-archives-client.js';

/** Each waits for the end of a lease. */
const kills = countInTier(1, 2, 10);
const names = ['a.bin', 'b.bin', 'c.bin'];
jest.setTimeout(120_000 + kills * 60_000);

const work = workDirectory('rcs-archive-jobs-resilience-');
let storage: SloppyStorage;
let cluster: RunningCluster;
let jobs: ArchiveJobsClient;
let kept: KeptArchivesClient;
let recordings: string[];

beforeAll(async () => {
  storage = await SloppyStorage.start();
  cluster = await startClusterOn(join(__dirname, '../..'), join(work, 'data'), [{ url: storage.url }]);
  const client = new CurlClient(cluster, work);
  jobs = new ArchiveJobsClient(cluster, client);
  kept = new KeptArchivesClient(cluster, client);
  recordings = await jobs.recordings(names, 300_000);
});
beforeEach(() => {
  storage.mood = 'works';
  storage.files.clear();
});
afterAll(async () => {
  await cluster?.stop();
  storage?.stop();
  rmSync(work, { recursive: true, force: true });
});

const begin = () => jobs.begin({ recordings }, { recordings: 1 }, `${storage.url}/archives`);
const unfinished = () => storage.names.filter(name => name.endsWith('.unfinished'));
const aHalfOne = () => waitFor('a part that is being written', () => unfinished().length > 0);

/** Every recording is in one part, every part is whole, and nothing else is there. */
async function expectWhole(id: string): Promise<void> {
  const job = await jobs.ended(id);
  expect(job.counts).toMatchObject({ parts: names.length, recordings: names.length });
  expect(storage.names).toEqual(job.parts.map(({ path }) => path.split('/').at(-1)));
  const authority = new X509Certificate(readFileSync(cluster.ready.caFile));
  const found: string[] = [];
  for (const file of storage.files.values()) {
    const { manifest } = await verifyArchive(bytesOf(file), [authority], new AbortController().signal);
    found.push(...manifest.members.flatMap(({ mediaFile }) => mediaFile ?? []));
  }
  expect(found.sort()).toEqual(names);
  // Keys are kept for these alone.
  const needing = (await kept.list()).filter(archive => archive.job?.id === id);
  expect(needing.map(archive => [archive.id, archive.state]).sort()).toEqual(
    job.parts.map(({ archive }) => [archive, 'whole']).sort(),
  );
}

it('a gateway that is killed in the middle of a part leaves nothing behind that is taken for one', async () => {
  storage.mood = 'stalls';
  const id = await begin();
  for (let kill = 0; kill < kills; kill++) {
    await aHalfOne();
    const half = unfinished();
    process.kill(processIdOf('playback-gateway', cluster.ready.dataDir), 'SIGKILL');
    if (kill === kills - 1) storage.mood = 'works';
    await waitFor('what was left to be removed', () => !storage.names.includes(half[0]!), { patienceMs: 60_000 });
  }
  await expectWhole(id);
});

it('a job that is paused gives up the part at hand, goes on when it is resumed, and ends when it is cancelled', async () => {
  storage.mood = 'stalls';
  const id = await begin();
  await aHalfOne();
  await jobs.ask('POST', `archive-jobs/${id}/pause`);
  await waitFor('the half part to go', () => storage.names.length === 0);
  expect(await jobs.job(id)).toMatchObject({ state: 'paused', counts: { parts: 0 } });
  storage.mood = 'works';
  await jobs.ask('POST', `archive-jobs/${id}/resume`);
  await expectWhole(id);

  storage.mood = 'stalls';
  storage.files.clear();
  const other = await begin();
  await aHalfOne();
  await jobs.ask('DELETE', `archive-jobs/${other}`);
  await waitFor('the half part to go', () => storage.names.length === 0);
  expect((await jobs.ask('POST', `archive-jobs/${other}/resume`)).status).toBe(409);
});

it.each<[Mood, string]>([
  ['full', 'the storage has no room left (507)'],
  ['locked', 'the place in the storage is locked (423)'],
  ['cuts', ''],
])('waits, and says why, while the storage is %s, and goes on', async (mood, text) => {
  storage.mood = mood;
  const id = await begin();
  // A worker whose answer is lost on a connection that it closes is asked again.
  const waiting = await jobs.until(id, `wait: ${text}`, job => job.waiting?.includes(text) === true);
  expect(waiting).toMatchObject({ state: 'running', counts: { parts: 0 } });
  storage.mood = 'works';
  await jobs.ask('POST', `archive-jobs/${id}/resume`);
  await expectWhole(id);
});

it('takes a part for whole once, where the storage does not say that it gave it its name', async () => {
  storage.mood = 'moves-silently';
  const id = await begin();
  await jobs.until(id, 'wait', job => job.waiting !== undefined);
  expect(storage.names).toHaveLength(1);
  storage.mood = 'works';
  await expectWhole(id);
});
