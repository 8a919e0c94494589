import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { startSecondGateway } from '../support/cluster/second-gateway.js';
import { insertEncrypted } from './bench-media.js';
import { components, Counters, growth } from './cluster-counters.js';
import { runLoad } from './load.js';
import { interleaved, type PairedResult } from './statistics.js';

const connections = 16;
const sizes = [
  {
    name: '20 MB',
    bytes: 20_000_000,
    requests: 16 * 3,
    unit: 'CPU s/GB',
    of: (seconds: number, bytes: number) => seconds / (bytes / 1e9),
  },
  {
    name: '100 KB',
    bytes: 100_000,
    requests: 16 * 100,
    unit: 'CPU ms/request',
    of: (seconds: number, _: number, requests: number) => (seconds * 1000) / requests,
  },
] as const;

/**
 * What the way from gateway to worker costs: the same workers, asked by a gateway through their sockets and by another one over
 * mutual TLS, in turn; and a gateway that has its worker in its own process. Processor time of the services, without that of the
 * storage and the load.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '5' } },
  });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const plain = { RCS_SERVER_SETTINGS__ENABLE_SSL: 'false', RCS_LOGGING__LEVEL: 'warn' };
  const cluster = await startCluster(process.cwd(), directory, plain);
  try {
    const overTls = await startSecondGateway(process.cwd(), cluster.ready, {
      ...plain,
      RCS_SERVER_SETTINGS__WORKER_SOCKET_DIRECTORY: 'false',
    });
    const whole = await startSecondGateway(process.cwd(), cluster.ready, {
      ...plain,
      RCS_SERVER_SETTINGS__DELIVERY: 'in-process',
    });
    try {
      const { ready } = cluster;
      const rows: Row[] = [];
      for (const size of sizes) {
        const path = await insertEncrypted(ready, `bench-${size.bytes}`, randomBytes(size.bytes));
        const spend = (gateway: string, management: string) => () =>
          spent(ready, { url: `${gateway}/api/v2${path}`, management, size });
        const throughSocket = spend(ready.gateway, ready.management.gateway);
        const others = { 'over TLS': overTls, 'in one process': whole };
        for (const [other, { url, management }] of Object.entries(others)) {
          const result = await interleaved(Number(values.pairs), throughSocket, spend(url, management));
          rows.push({ name: size.name, unit: size.unit, other, ...result });
        }
      }
      report(rows, values.json);
    } finally {
      await Promise.all([overTls.stop(), whole.stop()]);
    }
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Asked {
  readonly url: string;
  readonly management: string;
  readonly size: (typeof sizes)[number];
}

/** By the gateway that was asked, the workers and the vault. */
async function spent(ready: ReadyLine, { url, management, size }: Asked): Promise<number> {
  const player = ready.users[0];
  if (player === undefined) throw new Error('the cluster has no user');
  const authorization = `Basic ${Buffer.from(`${player.name}:${player.password}`).toString('base64')}`;
  const { bytes, requests } = size;
  const services = { ...ready.management, gateway: management };
  const before = await Counters.read(services);
  await runLoad({ connections, requests, bytes, url, headers: { authorization } });
  const grown = growth(before, await Counters.read(services));
  const seconds = components.reduce((sum, name) => sum + grown(name, 'process_cpu_seconds_total'), 0);
  return size.of(seconds, bytes * requests, requests);
}

interface Row extends PairedResult {
  readonly name: string;
  readonly unit: string;
  /** The other way. */
  readonly other: string;
}

function report(rows: readonly Row[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ bench: 'transports', rows })}\n`);
    return;
  }
  for (const { name, unit, other, ours, yardstick, ratio, ratios } of rows)
    process.stdout.write(
      `${name} x ${connections}: through a socket ${ours.toFixed(2)} ${unit}, ${other} ${yardstick.toFixed(2)}, ` +
        `ratio ${ratio.toFixed(2)} (pairs ${ratios.map(each => each.toFixed(2)).join(' ')})\n`,
    );
}

main().catch((error: unknown) => {
  process.stderr.write(
    `bench transports: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
