import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval, setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { metricsOf } from '../support/cluster/management-page.js';
import { startReplicas, type ReplicatedServices } from '../support/cluster/replicated-services.js';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { PostgresqlServer, superuser } from '../support/postgresql/postgresql-server.js';
import { insertEncrypted } from './bench-media.js';
import { Crowd } from './crowd.js';
import { runLoad } from './load.js';
import { redisUsage } from './redis-usage.js';

const mediaBytes = 120_000;
const recordings = 16;
const connectionsOfAGateway = 4;
const idleSeconds = 10;

/**
 * Real gateways on one PostgreSQL and one Redis, with four vaults and as many registered workers as are asked for (all at
 * the addresses of two real ones): what the shared servers have to do for each gateway and for each playback.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      gateways: { type: 'string', default: '1,2,4,8' },
      workers: { type: 'string', default: '100' },
      playbacks: { type: 'string', default: '1280' },
    },
  });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const database = await PostgresqlServer.start();
  await database.execute('CREATE DATABASE rcs');
  await database.execute(`CREATE ROLE ${measured.user} SUPERUSER LOGIN PASSWORD '${measured.password}'`);
  const store = environmentOf(database, superuser);
  const plain = { RCS_SERVER_SETTINGS__ENABLE_SSL: 'false', RCS_LOGGING__LEVEL: 'warn' };
  const cluster = await startCluster(process.cwd(), join(directory, 'data'), {
    ...store,
    ...plain,
  });
  try {
    const { ready } = cluster;
    const paths = await Promise.all(
      Array.from({ length: recordings }, (_, call) =>
        insertEncrypted(ready, `GATEWAYS${call}`, randomBytes(mediaBytes)),
      ),
    );
    const rows = [];
    for (const gateways of values.gateways.split(',').map(Number)) {
      const gateway = { ...environmentOf(database, measured), ...plain };
      const environment = { 'playback-gateway': gateway, 'decrypt-worker': plain, 'key-vault': plain };
      const counts = { vaults: 4, workers: 2, gateways };
      const services = await startReplicas(process.cwd(), ready, environment, counts);
      const crowd = Crowd.of(ready, services, Number(values.workers));
      try {
        await crowd.isKnownTo(services);
        rows.push(await measure({ services, paths, ready, database, crowd }, Number(values.playbacks)));
      } finally {
        await crowd.leave();
        await services.stop();
      }
    }
    process.stdout.write(`${JSON.stringify({ bench: 'gateways', rows }, null, values.json ? 0 : 2)}\n`);
  } finally {
    await cluster.stop();
    await database.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The gateways that are measured, apart from the one of the quickstart, which nobody asks anything. */
const measured = { user: 'measured', password: randomBytes(16).toString('hex') };

const environmentOf = (
  { port }: PostgresqlServer,
  { user, password }: { readonly user: string; readonly password: string },
) => ({
  RCS_STORE__KIND: 'postgresql',
  RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${port}]`,
  RCS_STORE__POSTGRESQL__USER_NAME: user,
  RCS_STORE__POSTGRESQL__PASSWORD: password,
  RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
});

interface Grounds {
  readonly services: ReplicatedServices;
  readonly paths: readonly string[];
  readonly ready: ReadyLine;
  readonly database: PostgresqlServer;
  readonly crowd: Crowd;
}

async function measure(grounds: Grounds, playbacks: number) {
  await play(grounds, grounds.paths.length * grounds.services.gateways.length);
  const idle = await during(grounds, () => setTimeout(idleSeconds * 1000));
  const busy = await during(grounds, () => play(grounds, playbacks));
  const perPlayback = (all: number, idleRate: number): number => round((all - idleRate * busy.seconds) / playbacks);
  return {
    gateways: grounds.services.gateways.length,
    workers: grounds.crowd.size,
    playbacksPerSecond: round(playbacks / busy.workSeconds),
    postgresql: {
      connectionsIdle: idle.connections,
      connectionsBusy: busy.connections,
      statementsPerSecondIdle: round(idle.statements / idle.seconds),
      statementsPerPlayback: perPlayback(busy.statements, idle.statements / idle.seconds),
    },
    redis: {
      commandsPerSecondIdle: round(idle.commands / idle.seconds),
      commandsPerPlayback: perPlayback(busy.commands, idle.commands / idle.seconds),
      connections: busy.redisConnections,
    },
    storeReadsPerPlayback: perPlayback(busy.reads, idle.reads / idle.seconds),
    auditRecordsPerPlayback: perPlayback(busy.audit, idle.audit / idle.seconds),
    gatewayCpuMsPerPlayback: perPlayback(busy.cpu * 1000, (idle.cpu * 1000) / idle.seconds),
    gatewayCpuPercentIdle: round(((idle.cpu / idle.seconds) * 100) / grounds.services.gateways.length),
  };
}

async function during(grounds: Grounds, work: () => Promise<unknown>) {
  const before = await reading(grounds);
  const stopWatching = new AbortController();
  const watched = mostConnections(grounds, stopWatching.signal);
  const began = performance.now();
  await work();
  const workSeconds = (performance.now() - began) / 1000;
  stopWatching.abort();
  const connections = await watched;
  const after = await reading(grounds);
  const grown = (name: Exclude<keyof typeof before, 'redisConnections'>): number => after[name] - before[name];
  return {
    seconds: grown('at'),
    workSeconds,
    connections,
    redisConnections: after.redisConnections,
    statements: grown('statements'),
    commands: grown('commands'),
    reads: grown('reads'),
    audit: grown('audit'),
    cpu: grown('cpu'),
  };
}

async function reading({ services, database, crowd }: Grounds) {
  const pages = await Promise.all(services.gateways.map(({ definition }) => metricsOf(definition.management)));
  const { at, commands } = await redisUsage(crowd.redis);
  const clients = /^connected_clients:(\d+)/m.exec(await crowd.redis.info('clients'))?.[1];
  const operations = (isOne: (line: string) => boolean): number =>
    sum(pages, 'rcs_store_operation_seconds_count', isOne);
  return {
    at,
    commands,
    redisConnections: Number(clients),
    // Each statement outside of a transaction is one of its own; what this bench asks itself goes to another database.
    statements: await transactions(database),
    reads: operations(line => !line.includes('repository="audit"')),
    audit: operations(line => line.includes('repository="audit"') && line.includes('operation="append"')),
    cpu: sum(pages, 'process_cpu_seconds_total', () => true),
  };
}

/** The sum of a metric over pages. */
function sum(pages: readonly string[], name: string, isOne: (line: string) => boolean): number {
  return pages
    .flatMap(page => page.split('\n'))
    .filter(line => line.startsWith(`${name}{`) && isOne(line))
    .reduce((all, line) => all + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Of the gateways that are measured, looked at four times a second. */
async function mostConnections({ database }: Grounds, over: AbortSignal): Promise<number> {
  const seen: number[] = [];
  const times = setInterval(250, undefined, { signal: over });
  try {
    while (!(await times.next()).done) seen.push(await openConnections(database));
  } catch (error) {
    if (!over.aborted) throw error;
  }
  return Math.max(...seen);
}

async function openConnections(database: PostgresqlServer): Promise<number> {
  const [row] = await database.execute(
    `SELECT count(*)::integer AS open FROM pg_stat_activity WHERE datname = 'rcs' AND usename = '${measured.user}'`,
  );
  return Number(row?.open);
}

async function transactions(database: PostgresqlServer): Promise<number> {
  // Sessions hand their counts over once they were idle for a second.
  await setTimeout(1500);
  const [row] = await database.execute(
    `SELECT (xact_commit + xact_rollback)::integer AS ended FROM pg_stat_database WHERE datname = 'rcs'`,
  );
  return Number(row?.ended);
}

/** As many players at each gateway, and all recordings at each. */
async function play({ services, paths, ready }: Grounds, playbacks: number): Promise<void> {
  const { name, password } = ready.users[0]!;
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const gateways = [...services.gatewayUrls.values()];
  const share = playbacks / gateways.length / paths.length;
  await Promise.all(
    gateways.map(async gateway => {
      for (const path of paths) {
        const url = `${gateway.replace('https:', 'http:')}/api/v2${path}`;
        const load = { connections: connectionsOfAGateway, requests: share, bytes: mediaBytes };
        await runLoad({ url, headers: { authorization }, ...load });
      }
    }),
  );
}

const round = (value: number): number => Number(value.toPrecision(3));

main().catch((error: unknown) => {
  process.stderr.write(`bench gateways: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
