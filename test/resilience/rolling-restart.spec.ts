import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Replica } from '#test/cluster/replica.js';
import { startTwoOfEach, type ReplicatedServices } from '#test/cluster/replicated-services.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';
import { GatewayFront, playPaced, type Outcome } from './paced-player.js';

jest.setTimeout(600_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-rolling-'));
const streams = 50;
/** So long that a stream takes about ten seconds, and much longer than all buffers between storage and player. */
const long = randomBytes(6_000_000);
const bytesPerSecond = 500_000;
/** Opened again at every play, so that there is always work for the vaults. */
const short = randomBytes(20_000);

let cluster: RunningCluster;
let services: ReplicatedServices;
let longPath: string;
let shortPath: string;

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  longPath = await stored('long.bin', long);
  shortPath = await stored('short.bin', short);
  services = await startTwoOfEach(repository, cluster.ready, {
    // A worker hands its streams over at once; a gateway waits for its own, which nobody else can finish.
    'decrypt-worker': {
      RCS_GRACEFUL_SHUTDOWN_TIMEOUT_MS: '50',
      RCS_DECRYPT_WORKER__MEDIA_SESSION_TIME_TO_LIVE_MS: '1',
    },
    'playback-gateway': { RCS_GRACEFUL_SHUTDOWN_TIMEOUT_MS: '300000', RCS_SHUTDOWN_DELAY_MS: '1000' },
    // Workers forget session keys at once here, and gateways use a grant for half a minute.
    'key-vault': {
      RCS_KEY_VAULT__LIMITS__USES_PER_GRANT: '10000',
      RCS_GRACEFUL_SHUTDOWN_TIMEOUT_MS: '10000',
      RCS_SHUTDOWN_DELAY_MS: '200',
    },
  });
});

afterAll(async () => {
  await services?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function stored(name: string, media: Buffer): Promise<string> {
  const curlClient = new CurlClient(cluster, work);
  writeFileSync(join(work, 'plain'), media);
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms'), '-outform', 'DER'];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, curlClient.certificateFile);
  await curlClient.put(name, readFileSync(join(work, 'cms')));
  return curlClient.insertedFile(name);
}

/** Plays again and again until `over`; answers how every play ended. */
async function playOn(path: string, media: Buffer, rate: number, over: () => boolean): Promise<Outcome[]> {
  const front = new GatewayFront(services.gatewayUrls);
  const { caFile, users } = cluster.ready;
  const options = { ca: readFileSync(caFile), user: users[0]!, bytesPerSecond: rate };
  const outcomes: Outcome[] = [];
  do outcomes.push(await playPaced(front, path, media, options));
  while (!over());
  return outcomes;
}

it('loses no stream while each service is replaced, one process after the other', async () => {
  let over = false;
  const playing = Promise.all([
    ...Array.from({ length: streams }, () => playOn(longPath, long, bytesPerSecond, () => over)),
    ...Array.from({ length: 2 }, () => playOn(shortPath, short, Infinity, () => over)),
  ]);
  const exits: (number | string)[] = [];
  // Most of what workers send lies in the buffers of the system long before it is played.
  const busy = {
    'playback-gateway': ['rcs_active_playbacks', 10],
    'decrypt-worker': ['rcs_worker_active_streams', 1],
  } as const;
  const restart = async (replica: Replica): Promise<void> => {
    const { role } = replica.definition;
    // Each is taken away in the middle of its work.
    if (role !== 'key-vault') {
      const [metric, least] = busy[role];
      const isBusy = async (): Promise<boolean> => (await replica.metric(metric)) >= least;
      await waitFor(`${replica.definition.name} to serve ${least} at once`, isBusy, { patienceMs: 120_000 });
    }
    exits.push(await replica.stop());
    await replica.start();
  };
  try {
    const { vaults, workers, gateways } = services;
    for (const replica of [...vaults, ...workers, ...gateways]) await restart(replica);
    // The hand-overs were counted by the gateways that have meanwhile been replaced; more show that they happen. What a
    // worker has left in the buffers of the system needs no other worker, so one replacement may need none.
    const resumed = async (): Promise<number> => {
      const counts = await Promise.all(gateways.map(gateway => gateway.metric('rcs_playbacks_resumed_total')));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const anotherHandsOver = async (): Promise<boolean> => {
      await restart(workers[0]!);
      return (await resumed()) > 0;
    };
    await waitFor('a stream that another worker goes on with', anotherHandsOver, { patienceMs: 180_000 });
  } finally {
    over = true;
  }
  const outcomes = (await playing).flat();
  expect(exits.length).toBeGreaterThan(6);
  expect(exits.filter(exit => exit !== 0)).toEqual([]);
  expect(outcomes.filter(outcome => outcome !== 'identical')).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(streams);
});
