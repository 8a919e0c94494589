import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { insertEncrypted } from './bench-media.js';
import { components, Counters, growth } from './cluster-counters.js';
import { runLoad } from './load.js';

/** A phone call of a minute in MP3 at 16 kbit/s. */
const callBytes = 120_000;
const calls = 250;
const playbacksPerCall = 4;
/** A screen recording. */
const screenBytes = 50_000_000;
const screenPlaybacks = 40;
const connections = 16;

/**
 * What playbacks cost, from the metrics of the processes themselves: processor time, operations on token, storage, store
 * and Redis. Processor time says how many listeners a core carries, whatever else the machine does meanwhile.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const cluster = await startCluster(process.cwd(), directory, {
    RCS_LOGGING__LEVEL: 'warn',
    RCS_SERVER_SETTINGS__ENABLE_SSL: 'false',
  });
  try {
    const first = await playedOnce(cluster.ready);
    const again = await playedAgain(cluster.ready, first.paths);
    const screen = await playedScreens(cluster.ready);
    const rows = { callFirst: first.row, callAgain: again, screen };
    process.stdout.write(
      `${JSON.stringify(values.json ? { bench: 'capacity', rows } : rows, null, values.json ? 0 : 2)}\n`,
    );
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Every call is played for the first time: its session key comes from the token. */
async function playedOnce(ready: ReadyLine) {
  const paths: string[] = [];
  for (let call = 0; call < calls; call++)
    paths.push(await insertEncrypted(ready, `CAPACITY${call}`, randomBytes(callBytes)));
  await play(ready, paths[0] ?? '', connections * 4, callBytes);
  const row = await measured(ready, calls, callBytes, () => eachOnce(ready, paths));
  return { paths, row };
}

/** The same calls again, while the workers still have them open. */
function playedAgain(ready: ReadyLine, paths: readonly string[]) {
  return measured(ready, calls * playbacksPerCall, callBytes, async () => {
    for (let round = 0; round < playbacksPerCall; round++) await eachOnce(ready, paths);
  });
}

async function playedScreens(ready: ReadyLine) {
  const path = await insertEncrypted(ready, 'CAPACITYSCREEN', randomBytes(screenBytes));
  await play(ready, path, 4, screenBytes);
  return measured(ready, screenPlaybacks, screenBytes, () => play(ready, path, screenPlaybacks, screenBytes));
}

async function eachOnce(ready: ReadyLine, paths: readonly string[]): Promise<void> {
  const left = [...paths];
  const player = async (): Promise<void> => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) await play(ready, path, 1, callBytes);
  };
  await Promise.all(Array.from({ length: connections }, player));
}

async function play(ready: ReadyLine, path: string, requests: number, bytes: number): Promise<void> {
  const [user] = ready.users;
  if (user === undefined) throw new Error('the cluster has no user');
  const authorization = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  const url = `${ready.gateway}/api/v2${path}`;
  await runLoad({ url, headers: { authorization }, connections: Math.min(connections, requests), requests, bytes });
}

async function measured(ready: ReadyLine, playbacks: number, bytes: number, work: () => Promise<void>) {
  const before = await Counters.read(ready.management);
  const started = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const grown = growth(before, await Counters.read(ready.management));
  const per1000 = (component: string, name: string, labels?: string): number =>
    rounded((grown(component, name, labels) / playbacks) * 1000);
  return {
    playbacks,
    bytes,
    seconds: rounded(seconds),
    perThousandPlaybacks: {
      cpuSeconds: Object.fromEntries(
        components.map(component => [component, per1000(component, 'process_cpu_seconds_total')]),
      ),
      unwraps: per1000('key-vault', 'rcs_vault_calls_total', 'call="UnwrapSessionKey"'),
      tokenSeconds: per1000('key-vault', 'rcs_vault_token_execution_seconds_sum'),
      storageRequests: per1000('decrypt-worker', 'rcs_worker_storage_requests_total'),
      storageBytesPerByte: rounded(
        grown('decrypt-worker', 'rcs_worker_storage_bytes_total') /
          grown('decrypt-worker', 'rcs_worker_plaintext_bytes_total'),
      ),
      storeReads: per1000('playback-gateway', 'rcs_store_operation_seconds_count', 'operation="find'),
      auditRecords: per1000('playback-gateway', 'rcs_store_operation_seconds_count', 'operation="append"'),
      redisCommands: per1000('playback-gateway', 'rcs_redis_command_seconds_count'),
    },
    redisCommandsOfWorkersPerSecond: rounded(grown('decrypt-worker', 'rcs_redis_command_seconds_count') / seconds),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(3));

main().catch((error: unknown) => {
  process.stderr.write(`bench capacity: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
