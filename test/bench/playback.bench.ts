import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { insertEncrypted, putPlain } from './bench-media.js';
import { Counters, growth } from './cluster-counters.js';
import { runLoad, type LoadOptions } from './load.js';
import { startNginxHops } from './nginx-hops.js';
import { interleaved } from './statistics.js';

/** What the architecture asks for. */
const bars = { throughput: 1.0, requests: 0.5 };
/** After as long without load V8 lets a heap grow by a few megabytes only, unless it is told otherwise. */
const idleMs = 60_000;
const connections = 16;
const large = { bytes: 20_000_000, requests: 16 * 4 };
const small = { bytes: 100_000, requests: 16 * 200 };

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
        hops.url,
        pairs,
        result => result.megabytesPerSecond,
      );
      const requests = await measure(
        'small',
        small,
        cluster.ready,
        hops.url,
        pairs,
        result => result.requestsPerSecond,
      );
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
  hopsUrl: string,
  pairs: number,
  figure: (result: Awaited<ReturnType<typeof runLoad>>) => number,
) {
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
    url: `${hopsUrl}${plainPath}`,
    headers: basic(ready.webdav.user, ready.webdav.password),
  };
  return interleaved(
    pairs,
    async () => figure(await runLoad(ours)),
    async () => figure(await runLoad(theirs)),
  );
}

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
    throughput: Awaited<ReturnType<typeof measure>>;
    requests: Awaited<ReturnType<typeof measure>>;
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
        `ratio ${row.ratio.toFixed(2)} (bar ${row.bar.toFixed(2)}; pairs ${row.ratios.map(ratio => ratio.toFixed(2)).join(' ')})\n`,
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
