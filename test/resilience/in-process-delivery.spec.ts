import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsOf } from '#test/cluster/management-page.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { describePlayback } from '../e2e/described-playback.js';
import { curl, openssl } from '../e2e/external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-in-process-'));
const media = randomBytes(12_000_000);
let cluster: RunningCluster;
/** Gateway and worker are one process; the two workers of the cluster are there as well. */
let whole: SecondGateway;
let curlClient: CurlClient;
let playPath: string;

const inProcess = { RCS_SERVER_SETTINGS__DELIVERY: 'in-process' };
/** The cluster as it is seen through this gateway. */
const through = ({ url, management }: SecondGateway): RunningCluster => ({
  ready: { ...cluster.ready, gateway: url, management: { ...cluster.ready.management, gateway: management } },
  stop: () => Promise.resolve(),
});

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  whole = await startSecondGateway(repository, cluster.ready, inProcess);
  curlClient = new CurlClient(through(whole), work);
  await ownWorkerIsKnown(whole);
  playPath = await inserted('call');
});
afterAll(async () => {
  await whole?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** A metric of the gateway's process; NaN where it has none. */
async function metric({ management }: SecondGateway, name: string, component: string): Promise<number> {
  const line = new RegExp(`^${name}\\{(?:[^}]*,)?component="${component}"[^}]*\\} (\\S+)$`, 'm');
  return Number(line.exec(await metricsOf(management))?.[1] ?? NaN);
}
const sentByOwnWorker = (gateway: SecondGateway): Promise<number> =>
  metric(gateway, 'rcs_worker_plaintext_bytes_total', 'decrypt-worker');
/** Of the cluster's own workers. */
async function sentByOthers(): Promise<number> {
  const counted = cluster.ready.management.workers.map(async management => {
    const line = /^rcs_worker_plaintext_bytes_total\{[^}]*\} (\S+)$/m.exec(await metricsOf(management));
    return Number(line?.[1]);
  });
  return (await Promise.all(counted)).reduce((sum, count) => sum + count, 0);
}
const ownWorkerIsKnown = (gateway: SecondGateway): Promise<void> =>
  waitFor('three workers', async () => (await metric(gateway, 'rcs_workers_available', 'playback-gateway')) >= 3);

/** Encrypted by openssl for the demo's certificate; answers where it plays. */
async function inserted(name: string): Promise<string> {
  writeFileSync(join(work, 'plain'), media);
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms'), '-outform', 'DER'];
  await openssl('cms', '-encrypt', '-binary', '-stream', '-aes256', ...files, curlClient.certificateFile);
  await curlClient.put(`${name}.bin`, readFileSync(join(work, 'cms')));
  return curlClient.insertedFile(`${name}.bin`);
}

interface Played {
  readonly complete: boolean;
  readonly bytes: number;
  readonly same: boolean;
}

/** Plays the whole; `at` is called with every chunk, and the player leaves where it says so. */
function play(
  gateway: string,
  at: (bytes: number) => 'go on' | 'leave' = () => 'go on',
  path = playPath,
): Promise<Played> {
  const { caFile, users } = cluster.ready;
  const { name, password } = users[0]!;
  const options = { ca: readFileSync(caFile), auth: `${name}:${password}`, agent: false as const };
  return new Promise(resolve => {
    const request = get(`${gateway}/api/v2${path}`, options, response => {
      const hash = createHash('sha256');
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        hash.update(chunk);
        bytes += chunk.length;
        if (at(bytes) === 'leave') response.destroy();
      });
      response.on('error', () => undefined);
      const expected = createHash('sha256').update(media).digest('hex');
      response.on('close', () =>
        resolve({ complete: response.complete, bytes, same: hash.digest('hex') === expected }),
      );
    });
    // Broken off before its head had left the process.
    request.on('error', () => resolve({ complete: false, bytes: 0, same: false }));
  });
}
const all: Played = { complete: true, bytes: media.length, same: true };

describe('played by a gateway that is its own worker', () => {
  describePlayback(() => Promise.resolve(through(whole)));
});

it('asks its own worker, and no other while that one answers', async () => {
  const [own, others] = [await sentByOwnWorker(whole), await sentByOthers()];
  expect(await Promise.all(Array.from({ length: 4 }, () => play(whole.url)))).toEqual(Array(4).fill(all));
  expect(await sentByOwnWorker(whole)).toBe(own + 4 * media.length);
  expect(await sentByOthers()).toBe(others);
});

it('answers several ranges of one file, and each of them exactly', async () => {
  const answer = await curlClient.play(playPath, '--range', '0-9,5000000-5000099,-7');
  expect(answer.status).toBe(206);
  const boundary = /^multipart\/byteranges; *boundary="?([^"]+)"?$/.exec(String(answer.headers['content-type']))?.[1];
  const text = answer.body.toString('latin1');
  const parts = text.split(`--${boundary}`).slice(1, -1);
  const bodies = parts.map(part => Buffer.from(part.slice(part.indexOf('\r\n\r\n') + 4, -2), 'latin1'));
  const size = media.length;
  const expected = [media.subarray(0, 10), media.subarray(5_000_000, 5_000_100), media.subarray(size - 7)];
  expect(bodies.map((body, index) => body.equals(expected[index]!))).toEqual([true, true, true]);
});

it('counts what the worker does as a worker, and its own as a gateway, each name once', async () => {
  const text = await metricsOf(whole.management);
  expect(await sentByOwnWorker(whole)).toBeGreaterThan(0);
  expect(text).not.toMatch(/^rcs_worker_(plaintext_bytes_total|requests_total)\{[^}]*component="playback-gateway"/m);
  expect(text).toMatch(/^rcs_playback_bytes_total\{component="playback-gateway"\}/m);
  const types = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(types.filter((name, index) => types.indexOf(name) !== index)).toEqual([]);
});

it('is a worker to the other gateways as well, over mutual TLS', async () => {
  const overTls = await startSecondGateway(repository, cluster.ready, {
    RCS_SERVER_SETTINGS__WORKER_SOCKET_DIRECTORY: 'false',
  });
  try {
    const before = await sentByOwnWorker(whole);
    await ownWorkerIsKnown(overTls);
    await waitFor('one of its bodies from there', async () => {
      const path = await inserted(`shared-${randomBytes(4).toString('hex')}`);
      expect(await play(overTls.url, undefined, path)).toEqual(all);
      return (await sentByOwnWorker(whole)) > before;
    });
  } finally {
    await overTls.stop();
  }
});

it('frees everything when players leave in mid-body', async () => {
  const left = await Promise.all(
    Array.from({ length: 8 }, () => play(whole.url, bytes => (bytes > 300_000 ? 'leave' : 'go on'))),
  );
  expect(left.every(({ complete, bytes }) => !complete && bytes < media.length)).toBe(true);
  for (const [name, component] of [
    ['rcs_active_playbacks', 'playback-gateway'],
    ['rcs_worker_active_streams', 'decrypt-worker'],
  ] as const)
    await waitFor(`${name} to be 0`, async () => (await metric(whole, name, component)) === 0);
  expect(await play(whole.url)).toEqual(all);
});

it('breaks off where stored bytes were changed: neither silence nor noise', async () => {
  const path = await inserted('tampered');
  const proof = async (): Promise<unknown> => (await curlClient.play(path, '--head')).headers['rcs-content-proof'];
  await waitFor('the tree of its content', async () => (await proof()) === 'proved');
  const stored = readFileSync(join(work, 'cms'));
  stored.writeUInt8(stored.readUInt8(8_000_000) ^ 1, 8_000_000);
  await curlClient.put('tampered.bin', stored);
  const played = await play(whole.url, undefined, path);
  expect(played.complete).toBe(false);
  expect(played.bytes).toBeLessThan(8_000_000);
});

it('plays nothing for whoever has lost the right, although the session is warm', async () => {
  const { caFile, gateway, users } = cluster.ready;
  const as = (name: string, password: string) => ['--cacert', caFile, '--user', `${name}:${password}`];
  const admin = (method: string, path: string, body: object) =>
    curl(
      ...as(users[0]!.name, users[0]!.password),
      ...['--request', method, '--header', 'Content-Type: application/json', '--data', JSON.stringify(body)],
      // Another gateway than the one that plays.
      `${gateway}/rcs/${path}`,
    );
  const password = 'open sesame, please';
  const person = { userName: 'mary', password, roles: ['supervisor'], accessGroups: ['/'] };
  expect((await admin('POST', 'users', person)).status).toBe(201);
  const listen = () => curl(...as('mary', password), '--range', '0-9', curlClient.playUrl(playPath));
  expect((await listen()).status).toBe(403);
  const decrypt = { privileges: ['decrypt-recording'] };
  expect((await admin('PATCH', 'users/mary', decrypt)).status).toBe(200);
  expect((await listen()).status).toBe(206);
  expect((await admin('PATCH', 'users/mary', { privileges: [] })).status).toBe(200);
  expect((await listen()).status).toBe(403);
});

it('plays on by other workers, byte for byte, while its own takes no more', async () => {
  const narrow = await startSecondGateway(repository, cluster.ready, {
    ...inProcess,
    RCS_DECRYPT_WORKER__MAX_CONCURRENT_STREAMS: '1',
  });
  try {
    await ownWorkerIsKnown(narrow);
    const others = await sentByOthers();
    expect(await Promise.all(Array.from({ length: 8 }, () => play(narrow.url)))).toEqual(Array(8).fill(all));
    expect(await sentByOwnWorker(narrow)).toBeGreaterThan(0);
    expect(await sentByOthers()).toBeGreaterThan(others);
  } finally {
    await narrow.stop();
  }
});

it('ends in order: its worker is known no more, and what it plays comes to its end', async () => {
  const ending = await startSecondGateway(repository, cluster.ready, inProcess);
  await ownWorkerIsKnown(ending);
  let stopped: Promise<unknown> | undefined;
  const played = await play(ending.url, bytes => {
    if (bytes > 1_000_000) stopped ??= ending.stop();
    return 'go on';
  });
  expect(await stopped).toBe(0);
  expect(played).toEqual(all);
});
