import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { startSecondGateway } from '../support/cluster/second-gateway.js';
import { insertEncrypted, putPlain } from './bench-media.js';
import { components, Counters, growth } from './cluster-counters.js';
import { memoryOf, type ClusterMemory } from './held-memory.js';
import { startNginxHops } from './nginx-hops.js';
import { loads, type Load } from './playback/loads.js';
import { reportOf, type LoadRow } from './playback/report.js';
import { inTurn, type Run, type Side } from './playback/sides.js';
import { RcloneServer } from './rclone-server.js';
import { runWrk, type WrkOptions } from './wrk-load.js';

const inOneProcess = { RCS_SERVER_SETTINGS__DELIVERY: 'in-process' };
/** After as long without load V8 lets a heap grow by a few megabytes only, unless it is told otherwise. */
const idleMs = 60_000;
const loadSeconds = 4;

/**
 * WebDAV -> worker -> gateway -> client, decrypted on the way, by the worker beside the gateway, by one in its process, and by
 * workers over mutual TLS; against two plain nginx proxy hops and against rclone, which decrypts, all in front of the same Apache with bytes
 * of the same length. In turn, so that every ratio is one of the same minute.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
  });
  const rounds = Number(values.rounds);
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const idleInOneProcess = await idleMemory(join(directory, 'one-process'), inOneProcess);
  const cluster = await startCluster(process.cwd(), join(directory, 'data'), plain);
  try {
    const { ready } = cluster;
    await setTimeout(idleMs);
    const idle = memoryOf(ready);
    const hops = await startNginxHops(join(directory, 'nginx'), ready.webdav.url);
    const rclone = await RcloneServer.start(join(directory, 'rclone'), ready.webdav);
    const remote = await startSecondGateway(process.cwd(), ready, {
      ...plain,
      RCS_SERVER_SETTINGS__WORKER_SOCKET_DIRECTORY: 'false',
    });
    const whole = await startSecondGateway(process.cwd(), ready, { ...plain, ...inOneProcess });
    try {
      const rows: LoadRow[] = [];
      for (const load of loads) {
        const media = randomBytes(load.storedBytes);
        const name = `bench-${load.storedBytes}`;
        const paths = {
          play: await insertEncrypted(ready, name, media),
          plain: await putPlain(ready, `${name}.plain`, media),
          rclone: rclone.put(name, media),
        };
        const play = (gateway: string, management: string): Side => ({
          url: `${gateway}/api/v2${paths.play}`,
          headers: player(ready),
          cpuMs: async () => servicesCpuMs({ ...ready.management, gateway: management }),
        });
        const sides = {
          ours: play(ready.gateway, ready.management.gateway),
          'ours in one process': play(whole.url, whole.management),
          'ours over mutual TLS': play(remote.url, remote.management),
          'two nginx hops': {
            url: `${hops.url}${paths.plain}`,
            headers: storageAccess(ready),
            cpuMs: () => hops.cpuMs(),
          },
          rclone: { url: `${rclone.url}${paths.rclone}`, headers: {}, cpuMs: () => rclone.cpuMs() },
        };
        rows.push({ load, runs: await inTurn(rounds, sides, side => run(directory, side, load)) });
      }
      const collections = await collectionsAfterIdleness(directory, ready);
      process.stdout.write(reportOf({ rows, idle, idleInOneProcess, collections, idleMs }, values.json));
    } finally {
      await Promise.all([hops.stop(), rclone.stop(), remote.stop(), whole.stop()]);
    }
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const plain = { RCS_SERVER_SETTINGS__ENABLE_SSL: 'false', RCS_LOGGING__LEVEL: 'warn' };

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

async function run(directory: string, { url, headers, cpuMs }: Side, load: Load): Promise<Run> {
  const before = await cpuMs();
  const options: WrkOptions = { url, headers, connections: load.connections, seconds: loadSeconds, range: load.range };
  const result = await runWrk(directory, options);
  return { ...result, cpuMs: (await cpuMs()) - before };
}

async function servicesCpuMs(management: ReadyLine['management']): Promise<number> {
  const counters = await Counters.read(management);
  return components.reduce((sum, name) => sum + counters.sum(name, 'process_cpu_seconds_total') * 1000, 0);
}

/** Collections of the whole heap while media is played after a pause. */
async function collectionsAfterIdleness(
  directory: string,
  ready: ReadyLine,
): Promise<Readonly<Record<string, number>>> {
  const playPath = await insertEncrypted(ready, 'bench-idle', randomBytes(20_000_000));
  await setTimeout(idleMs);
  const before = await Counters.read(ready.management);
  const options = {
    url: `${ready.gateway}/api/v2${playPath}`,
    headers: player(ready),
    connections: 16,
    seconds: loadSeconds,
  };
  const { bytes } = await runWrk(directory, options);
  const grown = growth(before, await Counters.read(ready.management));
  const perGigabyte = (component: string) =>
    grown(component, 'nodejs_gc_duration_seconds_count', 'kind="major"') / (bytes / 1e9);
  return Object.fromEntries(components.map(component => [component, perGigabyte(component)]));
}

function player({ users }: ReadyLine): Readonly<Record<string, string>> {
  const [user] = users;
  if (user === undefined) throw new Error('the cluster has no user');
  return basic(user.name, user.password);
}

const storageAccess = ({ webdav }: ReadyLine) => basic(webdav.user, webdav.password);

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

main().catch((error: unknown) => {
  process.stderr.write(`bench playback: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
