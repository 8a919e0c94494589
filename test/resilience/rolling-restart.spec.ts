import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Replica } from '#test/cluster/replica.js';
import { startReplicas, type ReplicatedServices } from '#test/cluster/replicated-services.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';
import { GatewayFront, playPaced, type Outcome, type PlayerOptions } from './paced-player.js';

jest.setTimeout(600_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-rolling-'));
const streams = 20;
/** So long that a stream takes about ten seconds, and much longer than all buffers between storage and player. */
const long = randomBytes(6_000_000);
const bytesPerSecond = 500_000;
/** For longer than two restarts take. */
const held = randomBytes(80_000_000);
const heldStreams = 4;
const several = heldStreams / 2;
/** Slowly enough to have a stream open in a worker all the time, and fast enough not to be taken for a player that has stalled. */
const heldBytesPerSecond = 1_500_000;
/** Opened again at every play, so that there is always work for the vaults. */
const short = randomBytes(20_000);

let cluster: RunningCluster;
let services: ReplicatedServices;
let longPath: string;
let shortPath: string;
let heldPath: string;
const ended = new AbortController();

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  longPath = await stored('long.bin', long);
  shortPath = await stored('short.bin', short);
  heldPath = await stored('held.bin', held);
  services = await startReplicas(repository, cluster.ready, {
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
  ended.abort();
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

function play(path: string, media: Buffer, bytesPerSecond: number): Promise<Outcome> {
  return playPaced(new GatewayFront(services.gatewayUrls), path, media, playerOf(bytesPerSecond));
}

function playerOf(bytesPerSecond: PlayerOptions['bytesPerSecond']): PlayerOptions {
  const { caFile, users } = cluster.ready;
  return { ca: readFileSync(caFile), user: users[0]!, bytesPerSecond, signal: ended.signal };
}

/** Plays again and again until `over`; answers how every play ended. */
async function playOn(playOnce: () => Promise<Outcome>, over: () => boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  do outcomes.push(await playOnce());
  while (!over() && !ended.signal.aborted);
  return outcomes;
}

async function playShort(): Promise<Outcome> {
  const outcome = await play(shortPath, short, Infinity);
  await setTimeout(100);
  return outcome;
}

interface HeldPlays {
  /** Lets their players take what is left at once. */
  release(): void;
  readonly outcomes: Promise<Outcome[]>;
}

/** Plays that go on until they are released: half of them on each gateway that is ready. */
function hold(): HeldPlays {
  let rate = heldBytesPerSecond;
  const front = new GatewayFront(services.gatewayUrls);
  const options = playerOf(() => rate);
  const plays = Array.from({ length: heldStreams }, () => playPaced(front, heldPath, held, options));
  const release = (): void => {
    rate = Infinity;
  };
  return { release, outcomes: Promise.all(plays) };
}

const exits: (number | string)[] = [];

async function restart(replica: Replica): Promise<void> {
  exits.push(await replica.stop());
  await replica.start();
}

const activeStreams = (worker: Replica): Promise<number> => worker.metric('rcs_worker_active_streams');
const sumOf = async (replicas: readonly Replica[], metric: string): Promise<number> =>
  (await Promise.all(replicas.map(replica => replica.metric(metric)))).reduce((sum, value) => sum + value, 0);

/** Each in the middle of its work. The one with more streams first: then the other has them all. */
async function restartWorkers(): Promise<Outcome[]> {
  const { workers, gateways } = services;
  const plays = hold();
  const all = (): Promise<number> => sumOf(workers, 'rcs_worker_active_streams');
  await answerOf('all held streams to be open', all, count => count >= heldStreams);
  const loads = await Promise.all(workers.map(async worker => ({ worker, streams: await activeStreams(worker) })));
  for (const { worker } of loads.sort((a, b) => b.streams - a.streams)) {
    await answerOf(
      `streams of ${worker.definition.name}`,
      () => activeStreams(worker),
      count => count >= several,
    );
    await restart(worker);
  }
  plays.release();
  // What a worker had open others go on with, as soon as the players come to where it broke off.
  const resumed = (): Promise<number> => sumOf(gateways, 'rcs_playbacks_resumed_total');
  await answerOf('streams that another worker goes on with', resumed, count => count >= several);
  for (const worker of workers) {
    const sent = (): Promise<number> => worker.metric('rcs_worker_plaintext_bytes_total');
    await answerOf(`use of the new ${worker.definition.name}`, sent, bytes => bytes > 0);
  }
  return plays.outcomes;
}

/** In the middle of its work, which it finishes. */
async function restartGateway(gateway: Replica): Promise<Outcome[]> {
  const plays = hold();
  const active = (): Promise<number> => gateway.metric('rcs_active_playbacks');
  await answerOf(`playbacks of ${gateway.definition.name}`, active, count => count >= several);
  const stopped = gateway.stop();
  await waitFor(`${gateway.definition.name} to take no more`, async () => !(await gateway.isReady()));
  plays.release();
  exits.push(await stopped);
  await gateway.start();
  return plays.outcomes;
}

it('loses no stream while each service is replaced, one process after the other', async () => {
  let isOver = false;
  const over = (): boolean => isOver;
  const playing = Promise.all([
    ...Array.from({ length: streams }, () => playOn(() => play(longPath, long, bytesPerSecond), over)),
    playOn(playShort, over),
  ]);
  const outcomes: Outcome[] = [];
  for (const vault of services.vaults) await restart(vault);
  outcomes.push(...(await restartWorkers()));
  for (const gateway of services.gateways) outcomes.push(...(await restartGateway(gateway)));
  isOver = true;
  outcomes.push(...(await playing).flat());
  expect(exits).toEqual([0, 0, 0, 0, 0, 0]);
  expect(outcomes.filter(outcome => outcome !== 'identical')).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(streams + 3 * heldStreams);
});
