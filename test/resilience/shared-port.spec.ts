import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { metricsOf } from '#test/cluster/management-page.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-shared-port-'));
const media = randomBytes(200_000);
const shares = { RCS_SERVER_SETTINGS__LISTEN__REUSE_PORT: 'true' };
const inProcess = { RCS_SERVER_SETTINGS__DELIVERY: 'in-process' };
/** By chance all of so many connections come to one of two gateways once in 10^11 runs. */
const plays = 40;

let cluster: RunningCluster;
let second: SecondGateway;
let playPath: string;

/** A gateway more at the address of the cluster's own. */
const another = (environment: Readonly<Record<string, string>>, name: string): Promise<SecondGateway> => {
  const { port } = new URL(cluster.ready.gateway);
  return startSecondGateway(
    repository,
    cluster.ready,
    { ...inProcess, ...environment, RCS_SERVER_SETTINGS__LISTEN__PORT: port },
    name,
  );
};

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'), shares);
  second = await another(shares, 'second-gateway');
  const curl = new CurlClient(cluster, work);
  writeFileSync(join(work, 'plain'), media);
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms'), '-outform', 'DER'];
  await openssl('cms', '-encrypt', '-binary', '-stream', '-aes256', ...files, curl.certificateFile);
  await curl.put('call.bin', readFileSync(join(work, 'cms')));
  playPath = await curl.insertedFile('call.bin');
});
afterAll(async () => {
  await second?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Plays the whole over a connection of its own: `complete`, the status of another answer, or the code of what broke it. */
function played(): Promise<string> {
  const { caFile, users, gateway } = cluster.ready;
  const { name, password } = users[0]!;
  const options = { ca: readFileSync(caFile), auth: `${name}:${password}`, agent: false as const };
  return new Promise(resolve => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    const request = get(`${gateway}/api/v2${playPath}`, options, response => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve(media.equals(Buffer.concat(pieces)) ? 'complete' : `${response.statusCode}`));
      response.on('error', failed);
    });
    request.setTimeout(30_000, () => request.destroy(new Error('silent for 30 s')));
    request.on('error', failed);
  });
}

async function playbacksOf(management: string): Promise<number> {
  const counted = [...(await metricsOf(management)).matchAll(/^rcs_playbacks_total\{[^}]*\} (\S+)$/gm)];
  return counted.reduce((sum, [, count]) => sum + Number(count), 0);
}

it('two gateways answer at one address, each some of the connections', async () => {
  const managements = [cluster.ready.management.gateway, second.management];
  const before = await Promise.all(managements.map(playbacksOf));
  for (let count = 0; count < plays; count++) expect(await played()).toBe('complete');
  let grown: number[] = [];
  // A playback is counted when it is over for the gateway, a moment after its player has everything.
  await waitFor(`${plays} playbacks to be counted`, async () => {
    const after = await Promise.all(managements.map(playbacksOf));
    grown = after.map((count, index) => count - (before[index] ?? NaN));
    return grown[0]! + grown[1]! >= plays;
  });
  expect(grown[0]! + grown[1]!).toBe(plays);
  expect(Math.min(...grown)).toBeGreaterThan(0);
});

it('one is restarted while players come and go, who at most connect a second time', async () => {
  const ended = new AbortController();
  const outcomes: string[] = [];
  const player = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const first = await played();
      // Connections that wait to be accepted when a listener ends are reset, and a request that comes just then is refused.
      outcomes.push(['ECONNRESET', '503'].includes(first) ? await played() : first);
    }
  };
  const players = [player(), player(), player()];
  await second.stop();
  await setTimeout(500);
  await second.again();
  const whileBoth = outcomes.length;
  await setTimeout(1000);
  ended.abort();
  await Promise.all(players);
  expect(whileBoth).toBeGreaterThan(0);
  expect(new Set(outcomes)).toEqual(new Set(['complete']));
});

it('who does not share gets no part of the address, and says whose it is', async () => {
  await expect(another({}, 'unshared-gateway')).rejects.toThrow(
    new RegExp(`EADDRINUSE.*${new URL(cluster.ready.gateway).host}`),
  );
});
