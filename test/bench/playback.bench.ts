import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { insertEncrypted, putPlain } from './bench-media.js';
import { components, Counters, growth } from './cluster-counters.js';
import { runLoad, type LoadOptions } from './load.js';
import { startNginxHops, type NginxHops } from './nginx-hops.js';
import { interleaved, median, type PairedResult } from './statistics.js';

/** What the architecture asks for. */
const bars = { throughput: 1.0, requests: 0.5 };
/** After as long without load V8 lets a heap grow by a few megabytes only, unless it is told otherwise. */
const idleMs = 60_000;
const connections = 16;
const large = { bytes: 20_000_000, requests: 16 * 4 };
const small = { bytes: 100_000, requests: 16 * 200 };

/** What a load cost the services (gateway, vault, workers) and the two hops: medians over its runs. */
interface Cost {
  readonly unit: string;
  readonly ours: number;
  readonly yardstick: number;
  readonly services: Readonly<Record<string, number>>;
}

interface Measured extends PairedResult {
  readonly cost: Cost;
}

/**
 * WebDAV -> worker -> gateway -> client, decrypted on the way and over mutual TLS between worker and gateway, against
 * two plain nginx proxy hops in front of the same Apache and the same plaintext bytes.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '5' } },
  });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const cluster = await startCluster(process.cwd(), directory, {
    RCS_SERVER_SETTINGS__ENABLE_SSL: 'false',
    RCS_LOGGING__LEVEL: 'warn',
  });
  try {
    const hops = await startNginxHops(join(directory, 'nginx'), cluster.ready.webdav.url);
    try {
      const pairs = Math.max(5, Number(values.pairs));
      const throughput = await measure(
        'large',
        large,
        cluster.ready,
        hops,
        pairs,
        result => result.megabytesPerSecond,
        { unit: 'CPU s/GB', of: cpuMs => (cpuMs * 1e6) / (large.bytes * large.requests) },
      );
      const requests = await measure('small', small, cluster.ready, hops, pairs, result => result.requestsPerSecond, {
        unit: 'CPU ms/request',
        of: cpuMs => cpuMs / small.requests,
      });
      const collections = await collectionsAfterIdleness(cluster.ready);
      report({ throughput, requests, collections }, values.json);
    } finally {
      await hops.stop();
    }
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(
  name: string,
  size: { bytes: number; requests: number },
  ready: ReadyLine,
  hops: NginxHops,
  pairs: number,
  figure: (result: Awaited<ReturnType<typeof runLoad>>) => number,
  cost: { unit: string; of: (cpuMs: number) => number },
): Promise<Measured> {
  const media = randomBytes(size.bytes);
  const plainPath = await putPlain(ready, `bench-${name}.plain`, media);
  const playPath = await insertEncrypted(ready, `bench-${name}`, media);
  const player = ready.users[0];
  if (player === undefined) throw new Error('the cluster has no user');
  const base = { connections, requests: size.requests, bytes: size.bytes };
  const ours: LoadOptions = {
    ...base,
    url: `${ready.gateway}/api/v2${playPath}`,
    headers: basic(player.name, player.password),
  };
  const theirs: LoadOptions = {
    ...base,
    url: `${hops.url}${plainPath}`,
    headers: basic(ready.webdav.user, ready.webdav.password),
  };
  const spentByServices: number[][] = [];
  const spentByHops: number[] = [];
  const result = await interleaved(
    pairs,
    async () => {
      const before = await Counters.read(ready.management);
      const done = await runLoad(ours);
      const grown = growth(before, await Counters.read(ready.management));
      spentByServices.push(components.map(name => cost.of(grown(name, 'process_cpu_seconds_total') * 1000)));
      return figure(done);
    },
    async () => {
      const before = hops.cpuMs();
      const done = await runLoad(theirs);
      spentByHops.push(cost.of(hops.cpuMs() - before));
      return figure(done);
    },
  );
  return {
    ...result,
    cost: {
      unit: cost.unit,
      ours: median(counted(spentByServices).map(services => services.reduce((sum, spent) => sum + spent, 0))),
      yardstick: median(counted(spentByHops)),
      services: Object.fromEntries(
        components.map((name, index) => [name, median(counted(spentByServices).map(services => services[index] ?? 0))]),
      ),
    },
  };
}

/** The first run of a side warms it up. */
const counted = <T>(runs: readonly T[]): readonly T[] => runs.slice(1);

/** Collections of the whole heap while 1.3 GB are played after a pause. */
async function collectionsAfterIdleness(ready: ReadyLine): Promise<{ gateway: number; workers: number }> {
  const player = ready.users[0];
  if (player === undefined) throw new Error('the cluster has no user');
  const playPath = await insertEncrypted(ready, 'bench-idle', randomBytes(large.bytes));
  const load: LoadOptions = {
    connections,
    ...large,
    url: `${ready.gateway}/api/v2${playPath}`,
    headers: basic(player.name, player.password),
  };
  await setTimeout(idleMs);
  const before = await Counters.read(ready.management);
  await runLoad(load);
  const grown = growth(before, await Counters.read(ready.management));
  const major = (component: string) => grown(component, 'nodejs_gc_duration_seconds_count', 'kind="major"');
  return { gateway: major('playback-gateway'), workers: major('decrypt-worker') };
}

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

function report(
  results: {
    throughput: Measured;
    requests: Measured;
    collections: { gateway: number; workers: number };
  },
  json: boolean,
) {
  const rows = [
    { name: '20 MB x 16 streams', unit: 'MB/s', bar: bars.throughput, ...results.throughput },
    { name: '100 KB x 16 connections', unit: 'requests/s', bar: bars.requests, ...results.requests },
  ];
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ bench: 'playback', rows, collectionsAfterIdleness: results.collections })}\n`,
    );
    return;
  }
  for (const row of rows) {
    process.stdout.write(
      `${row.name}: ${row.ours.toFixed(0)} ${row.unit}, two nginx hops ${row.yardstick.toFixed(0)} ${row.unit}, ` +
        `ratio ${row.ratio.toFixed(2)} (bar ${row.bar.toFixed(2)}; pairs ${row.ratios.map(ratio => ratio.toFixed(2)).join(' ')})\n` +
        `  ${row.cost.unit}: ${row.cost.ours.toFixed(2)}, two nginx hops ${row.cost.yardstick.toFixed(2)} (` +
        `${Object.entries(row.cost.services)
          .map(([name, spent]) => `${name} ${spent.toFixed(2)}`)
          .join(', ')})\n`,
    );
  }
  const { gateway, workers } = results.collections;
  process.stdout.write(
    `collections of the whole heap in 1.3 GB after ${idleMs / 1000} s of idleness: gateway ${gateway}, workers ${workers}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`bench playback: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
