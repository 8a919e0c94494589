import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReady, metricsOf } from '#test/cluster/management-page.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-sockets-'));
const media = randomBytes(6_000_000);
const digest = createHash('sha256').update(media).digest('hex');
const streams = 16;
let cluster: RunningCluster;
let besides: SecondGateway;
let overTls: SecondGateway;
let playPath: string;

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  const withoutSockets = { RCS_SERVER_SETTINGS__WORKER_SOCKET_DIRECTORY: 'false' };
  besides = await startSecondGateway(repository, cluster.ready);
  overTls = await startSecondGateway(repository, cluster.ready, withoutSockets);
  const curlClient = new CurlClient(cluster, work);
  writeFileSync(join(work, 'plain'), media);
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms'), '-outform', 'DER'];
  await openssl('cms', '-encrypt', '-binary', '-stream', '-aes256', ...files, curlClient.certificateFile);
  await curlClient.put('call.bin', readFileSync(join(work, 'cms')));
  playPath = await curlClient.insertedFile('call.bin');
});
afterAll(async () => {
  await Promise.all([besides?.stop(), overTls?.stop()]);
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const sockets = (): string => join(cluster.ready.dataDir, 'worker-sockets');
const metric = async (url: string, name: RegExp): Promise<number> =>
  Number(new RegExp(`^${name.source} (\\S+)$`, 'm').exec(await metricsOf(url).catch(() => ''))?.[1] ?? NaN);
const nearby = (): Promise<number> => metric(cluster.ready.management.gateway, /rcs_workers_nearby\{[^}]*\}/);
/** Open connections of gateways at both workers, by the way they came. */
async function connections(way: 'data-plane' | 'data-plane-socket'): Promise<number> {
  const counted = cluster.ready.management.workers.map(url =>
    metric(url, new RegExp(`rcs_listener_connections\\{[^}]*listener="${way}"[^}]*\\}`)),
  );
  // One that was killed a moment ago says nothing.
  return (await Promise.all(counted)).reduce((sum, count) => sum + (count || 0), 0);
}
async function allReady(): Promise<void> {
  for (const worker of cluster.ready.management.workers) await waitFor(`${worker} to be ready`, () => isReady(worker));
  await waitFor('both sockets', async () => (await nearby()) === 2);
}

/** SHA-256 of what was played, of a complete answer. */
function play(gateway: string, onBytes: (count: number) => void = () => undefined): Promise<string> {
  const { caFile, users } = cluster.ready;
  const { name, password } = users[0]!;
  const options = { ca: readFileSync(caFile), auth: `${name}:${password}`, agent: false as const };
  return new Promise((resolve, reject) => {
    const request = get(`${gateway}/api/v2${playPath}`, options, response => {
      const hash = createHash('sha256');
      response.on('data', (chunk: Buffer) => {
        hash.update(chunk);
        onBytes(chunk.length);
      });
      response.on('error', reject);
      response.on('close', () => resolve(response.complete ? hash.digest('hex') : 'incomplete'));
    });
    request.on('error', reject);
  });
}

/** The number of a worker that is sending now. */
async function busyWorker(): Promise<number> {
  for (const [index, url] of cluster.ready.management.workers.entries())
    if ((await metric(url, /rcs_worker_active_streams\{[^}]*\}/)) > 0) return index + 1;
  return 1;
}

it('workers are asked through sockets that their user alone may use', async () => {
  await allReady();
  expect(statSync(sockets()).mode & 0o777).toBe(0o700);
  const modes = readdirSync(sockets()).map(name => statSync(join(sockets(), name)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600]);
  const before = await connections('data-plane');
  expect(await play(cluster.ready.gateway)).toBe(digest);
  expect(await connections('data-plane-socket')).toBeGreaterThan(0);
  expect(await connections('data-plane')).toBe(before);
});

it('two gateways of one host share both workers', async () => {
  const played = await Promise.all(
    [cluster.ready.gateway, besides.url, cluster.ready.gateway, besides.url].map(url => play(url)),
  );
  expect(new Set(played)).toEqual(new Set([digest]));
});

it.each([
  ['through sockets', () => cluster.ready.gateway],
  ['over TLS', () => overTls.url],
])('%s, players notice nothing when a worker is killed under 16 streams', async (way, gateway) => {
  await allReady();
  let came = 0;
  let killed: Promise<void> | undefined;
  const kill = async (): Promise<void> => {
    const number = await busyWorker();
    process.kill(processIdOf(`decrypt-worker-${number}`, cluster.ready.dataDir), 'SIGKILL');
  };
  const onBytes = (count: number): void => {
    came += count;
    if (came > (streams * media.length) / 4) killed ??= kill();
  };
  const played = await Promise.all(Array.from({ length: streams }, () => play(gateway(), onBytes)));
  await killed;
  expect(played).toEqual(Array.from({ length: streams }, () => digest));
  if (way === 'over TLS') expect(await connections('data-plane')).toBeGreaterThan(0);
});

it('plays over TLS while somebody has removed the sockets, and through them when they are back', async () => {
  await allReady();
  rmSync(sockets(), { recursive: true });
  const played = await Promise.all(Array.from({ length: 4 }, () => play(cluster.ready.gateway)));
  expect(played).toEqual(Array.from({ length: 4 }, () => digest));
  // Each worker looks for its own once a second.
  const present = (): string[] => (existsSync(sockets()) ? readdirSync(sockets()) : []);
  await waitFor('both sockets', () => present().filter(name => name.endsWith('.sock')).length === 2);
  await allReady();
  expect(await play(cluster.ready.gateway)).toBe(digest);
});

it('plays over TLS while others may enter the directory', async () => {
  await allReady();
  chmodSync(sockets(), 0o770);
  await waitFor('the gateway to see it', async () => (await nearby()) === 0);
  expect(await play(cluster.ready.gateway)).toBe(digest);
  chmodSync(sockets(), 0o700);
  await allReady();
});

it('does not start, and says which option is why, where others may enter the directory', async () => {
  await expect(
    startSecondGateway(repository, cluster.ready, { RCS_SERVER_SETTINGS__WORKER_SOCKET_DIRECTORY: work }),
  ).rejects.toThrow(/option serverSettings\.workerSocketDirectory: .* lets others in \(mode 0711\): chmod 0700/);
});
