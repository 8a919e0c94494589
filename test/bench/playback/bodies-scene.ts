import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startCluster, type ReadyLine } from '../../support/cluster/running-cluster.js';
import { startSecondGateway } from '../../support/cluster/second-gateway.js';
import { insertEncrypted, putPlain } from '../bench-media.js';
import { components, Counters, growth } from '../cluster-counters.js';
import { memoryOf, type ClusterMemory } from '../held-memory.js';
import { startNginxHops } from '../nginx-hops.js';
import { playerFields, storageFields } from '../player-credentials.js';
import { RcloneServer } from '../rclone-server.js';
import { servicesCpuMs } from '../services-cpu.js';
import { runWrk, type WrkOptions } from '../wrk-load.js';
import type { SceneFigures } from './figures.js';
import { startGatewaysAtOnePort } from './gateways-at-one-port.js';
import { loads, type Load } from './loads.js';
import { figuresOf } from './load-figures.js';
import { inTurn, type Run, type Side } from './sides.js';

const inOneProcess = { RCS_SERVER_SETTINGS__DELIVERY: 'in-process' };
/** After as long without load V8 lets a heap grow by a few megabytes only, unless it is told otherwise. */
const idleMs = 60_000;
const plain = { RCS_SERVER_SETTINGS__ENABLE_SSL: 'false', RCS_LOGGING__LEVEL: 'warn' };
const memoryBars = { residentMiB: 420, proportionalMiB: 250 };

export interface BodiesOptions {
  readonly directory: string;
  readonly rounds: number;
  readonly loadSeconds: number;
  /** Requests for a small body that each of our gateways has answered before anything is measured. */
  readonly warmUpRequests: number;
  /** Whether all is measured once more after a minute without a request. */
  readonly afterIdleness: boolean;
}

interface Measured {
  readonly load: Load;
  readonly sides: Readonly<Record<string, Side>>;
}

/**
 * Decrypted by the worker beside the gateway, by one in its process, by those of two gateways at one port, with the check of the
 * content and without, and by workers over mutual TLS; against two plain nginx proxy hops and against rclone, which decrypts, all in front of the same Apache with bytes of the same length. In turn, so
 * that every ratio is one of the same minute.
 */
export async function bodiesScene(options: BodiesOptions): Promise<readonly SceneFigures[]> {
  const { directory } = options;
  const idleInOneProcess = await idleMemory(join(directory, 'one-process'), inOneProcess);
  const cluster = await startCluster(process.cwd(), join(directory, 'data'), plain);
  try {
    const { ready } = cluster;
    await setTimeout(idleMs);
    const memory = {
      scene: `memory after ${idleMs / 1000} s of idleness`,
      figures: memoryFigures(memoryOf(ready), idleInOneProcess),
    };
    return [memory, ...(await measuredLoads(options, ready))];
  } finally {
    await cluster.stop();
  }
}

async function measuredLoads(options: BodiesOptions, ready: ReadyLine): Promise<readonly SceneFigures[]> {
  const { directory, warmUpRequests, afterIdleness } = options;
  const hops = await startNginxHops(join(directory, 'nginx'), ready.webdav.url);
  const rclone = await RcloneServer.start(join(directory, 'rclone'), ready.webdav);
  const byTls = { ...plain, RCS_SERVER_SETTINGS__WORKER_SOCKET_DIRECTORY: 'false' };
  const remote = await startSecondGateway(process.cwd(), ready, byTls);
  const whole = await startSecondGateway(process.cwd(), ready, { ...plain, ...inOneProcess });
  const two = await startGatewaysAtOnePort('checking', ready, plain);
  const unchecked = await startGatewaysAtOnePort('unchecked', ready, {
    ...plain,
    RCS_PLAYBACK__VERIFY_CONTENT: 'false',
  });
  try {
    const measured: Measured[] = [];
    for (const load of loads) {
      const media = randomBytes(load.storedBytes);
      const name = `bench-${load.storedBytes}`;
      const playPath = await insertEncrypted(ready, name, media);
      const plainPath = await putPlain(ready, `${name}.plain`, media);
      const asked = (gateway: string, cpuMs: Side['cpuMs']): Side => ({
        url: `${gateway}/api/v2${playPath}`,
        headers: playerFields(ready),
        cpuMs,
        ours: true,
      });
      const play = (gateway: string, management: string): Side =>
        asked(gateway, () => servicesCpuMs({ ...ready.management, gateway: management }));
      const sides = {
        ours: play(ready.gateway, ready.management.gateway),
        'ours in one process': play(whole.url, whole.management),
        'ours in two at one port': asked(two.url, () => two.cpuMs()),
        'ours in two, unchecked': asked(unchecked.url, () => unchecked.cpuMs()),
        'ours over mutual TLS': play(remote.url, remote.management),
        'two nginx hops': { url: `${hops.url}${plainPath}`, headers: storageFields(ready), cpuMs: () => hops.cpuMs() },
        rclone: { url: `${rclone.url}${rclone.put(name, media)}`, headers: {}, cpuMs: () => rclone.cpuMs() },
      };
      measured.push({ load, sides });
    }
    await warmUp(directory, measured, warmUpRequests);
    const found = await inRounds(options, measured, '');
    if (afterIdleness) {
      await setTimeout(idleMs);
      found.push(...(await inRounds(options, measured, `, after ${idleMs / 1000} s of idleness`)));
    }
    return [...found, await collectionsAfterIdleness(options, ready)];
  } finally {
    await Promise.all([hops, rclone, remote, whole, two, unchecked].map(each => each.stop()));
  }
}

async function inRounds(options: BodiesOptions, measured: readonly Measured[], when: string): Promise<SceneFigures[]> {
  const found: SceneFigures[] = [];
  for (const { load, sides } of measured) {
    const runs = await inTurn(options.rounds, sides, side => run(options, side, load));
    found.push({ scene: `${load.name}${when}`, figures: figuresOf({ load, runs }) });
  }
  return found;
}

/** Of the smallest body, so that it takes no longer than it must. */
async function warmUp(directory: string, measured: readonly Measured[], requests: number): Promise<void> {
  const smallest = measured.find(({ load }) => load.per === 'request' && load.range === undefined);
  for (const { url, headers, ours } of Object.values(smallest?.sides ?? {})) {
    for (let answered = 0; ours === true && answered < requests;)
      answered += (await runWrk(directory, { url, headers, connections: 16, seconds: 2 })).requests;
  }
}

/** Of a cluster that was not asked for anything yet. */
async function idleMemory(directory: string, delivery: Readonly<Record<string, string>>): Promise<ClusterMemory> {
  const cluster = await startCluster(process.cwd(), directory, { ...plain, ...delivery });
  try {
    await setTimeout(idleMs);
    return memoryOf(cluster.ready);
  } finally {
    await cluster.stop();
  }
}

const memoryFigures = (idle: ClusterMemory, oneProcess: ClusterMemory): SceneFigures['figures'] => {
  const unit = 'MiB';
  return [
    { what: 'resident', value: idle.residentMiB, unit, bar: memoryBars.residentMiB },
    { what: 'proportional', value: idle.proportionalMiB, unit, bar: memoryBars.proportionalMiB },
    { what: 'resident, with the process of the token', value: idle.withToken.residentMiB, unit },
    { what: 'proportional, with the process of the token', value: idle.withToken.proportionalMiB, unit },
    { what: 'resident, in one process', value: oneProcess.residentMiB, unit },
    { what: 'proportional, in one process', value: oneProcess.proportionalMiB, unit },
  ];
};

async function run({ directory, loadSeconds }: BodiesOptions, { url, headers, cpuMs }: Side, load: Load): Promise<Run> {
  const before = await cpuMs();
  const { connections, range } = load;
  const options: WrkOptions = { url, headers, connections, seconds: loadSeconds, range };
  const result = await runWrk(directory, options);
  return { ...result, cpuMs: (await cpuMs()) - before };
}

/** Collections of the whole heap while media is played after a pause. */
async function collectionsAfterIdleness(
  { directory, loadSeconds }: BodiesOptions,
  ready: ReadyLine,
): Promise<SceneFigures> {
  const playPath = await insertEncrypted(ready, 'bench-idle', randomBytes(20_000_000));
  await setTimeout(idleMs);
  const before = await Counters.read(ready.management);
  const { bytes } = await runWrk(directory, {
    url: `${ready.gateway}/api/v2${playPath}`,
    headers: playerFields(ready),
    connections: 16,
    seconds: loadSeconds,
  });
  const grown = growth(before, await Counters.read(ready.management));
  return {
    scene: `collections of the whole heap for a gigabyte after ${idleMs / 1000} s of idleness`,
    figures: components.map(component => ({
      what: component,
      value: grown(component, 'nodejs_gc_duration_seconds_count', 'kind="major"') / (bytes / 1e9),
      bar: 2,
    })),
  };
}
