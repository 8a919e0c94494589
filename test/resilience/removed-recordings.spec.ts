import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl, type CurlAnswer } from '../e2e/external-tools.js';

jest.setTimeout(600_000);

const repository = join(__dirname, '../..');
const work = workDirectory('rcs-removal-');
const dataDirectory = join(work, 'data');
const seed = Number(process.env['RCS_TEST_SEED'] ?? Date.now() % 100_000);
const kills = 4;
const perKill = 8;
const media = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a call', 'latin1');
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  cluster = await startCluster(repository, dataDirectory);
  client = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

interface Removable {
  readonly id: string;
  readonly file: string;
  readonly playPath: string;
}

async function insert(name: string): Promise<Removable> {
  const file = `${name}.wav`;
  await client.put(file, media);
  const mediaFile = { mediaId: file, type: 'audio/wav', mediaDescriptor: client.stored(file) };
  return { id: client.recordingId(name), file, playPath: await client.inserted(name, mediaFile) };
}

const isStored = async (file: string): Promise<boolean> => {
  const { url, user, password } = cluster.ready.webdav;
  return (await curl('--user', `${user}:${password}`, '--head', `${url}/${client.stored(file).path}`)).status !== 404;
};

const erase = (recordings: readonly string[]) =>
  curl(
    ...client.asUser('alice'),
    ...['--request', 'POST', '-H', 'Content-Type: application/json'],
    ...['--data-binary', JSON.stringify({ reason: 'asked for', recordings })],
    `${cluster.ready.gateway}/rcs/erasures`,
  );

/** True where the answer that it is gone arrived. */
async function remove({ id }: Removable): Promise<boolean> {
  const url = `${cluster.ready.gateway}/api/v2/ops/contact-centers/${cluster.ready.contactCenter}/recordings/${id}`;
  const { status } = await curl(...client.asOps(), '--request', 'DELETE', url);
  return status === 200 || status === 202;
}

/** The status of a playback, as soon as there is a gateway that knows. */
async function plays({ playPath }: Removable): Promise<number> {
  const isAnswer = ({ status }: CurlAnswer): boolean => status !== 0 && status !== 503;
  const { status, body } = await answerOf('the gateway', () => client.play(playPath), isAnswer);
  if (status === 200) expect(body).toEqual(media);
  return status;
}

it(`killed in the middle of deletions, a gateway loses nothing and leaves nothing half (seed ${seed})`, async () => {
  for (let round = 0; round < kills; round++) {
    const recordings: Removable[] = [];
    for (let index = 0; index < perKill; index++) recordings.push(await insert(`killed-${round}-${index}`));
    const removals = recordings.map(remove);
    await sleep((seed * (round + 1)) % 120);
    process.kill(processIdOf('playback-gateway', dataDirectory), 'SIGKILL');
    const acknowledged = await Promise.all(removals);
    for (const [index, recording] of recordings.entries()) {
      const status = await plays(recording);
      if (acknowledged[index] === true) expect(status).toBe(404);
      expect([200, 404]).toContain(status);
      if (status === 404) await waitFor(`${recording.file} to go`, async () => !(await isStored(recording.file)));
      else expect(await isStored(recording.file)).toBe(true);
    }
  }
});

it('an erased recording leaves nothing in the files of the store, and does not come back with a backup', async () => {
  const { id } = cluster.ready.recordings[0]!;
  const kept = await insert('kept');
  const envelopes = await withClusterStore(dataDirectory, {}, async store => {
    const { mediaFiles = [] } = (await store.recordings.find(id)) ?? {};
    return mediaFiles.flatMap(({ pkcs7 }) => (pkcs7 === undefined ? [] : [pkcs7.slice(40, 120)]));
  });
  expect(envelopes).not.toEqual([]);
  const stores = () =>
    readdirSync(join(dataDirectory, 'store')).map(name => readFileSync(join(dataDirectory, 'store', name)));
  const traces = (): number => stores().filter(file => envelopes.some(envelope => file.includes(envelope))).length;
  expect(traces()).toBeGreaterThan(0);
  const backup = await rcsctl(repository, dataDirectory, ['store', 'backup', join(work, 'backup')]);
  expect(backup).toMatchObject({ status: 0 });

  const answer = await erase([id]);
  expect(JSON.parse(answer.body.toString())).toEqual({ recordings: [{ id, outcome: 'removed' }], isFinished: true });
  await waitFor('the last trace to go', () => traces() === 0);

  await cluster.stop();
  for (const name of readdirSync(join(dataDirectory, 'store')).filter(file => /^store\.sqlite/.test(file))) {
    rmSync(join(dataDirectory, 'store', name));
  }
  copyFileSync(join(work, 'backup', 'store.sqlite'), join(dataDirectory, 'store', 'store.sqlite'));
  await withClusterStore(dataDirectory, {}, async store => expect(await store.recordings.find(id)).toBeDefined());
  cluster = await startCluster(repository, dataDirectory);
  client = new CurlClient(cluster, work);
  expect((await client.get(`/api/v2/recordings/${id}`)).status).toBe(404);
  expect(await plays(kept)).toBe(200);
  expect(
    (
      await client.insert({
        id,
        mediaFiles: [{ mediaId: 'a', type: 'audio/wav', mediaDescriptor: client.stored('a') }],
      })
    ).status,
  ).toBe(409);
  await waitFor('the last trace to go again', () => traces() === 0);
});
