import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { processIdOf } from '../support/cluster/process-id.js';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { runLoad } from './load.js';
import { processCpuMs } from './process-cpu.js';
import { median } from './statistics.js';

/** What a request after the login may cost: processor time of the gateway per request, milliseconds. */
const barMs = 1;
/** And what a login may cost: argon2id of 19 MiB in two passes, and little beside it. */
const loginBarMs = 150;
const connections = 8;
const requests = 2000;
const rounds = 5;

type Headers = Readonly<Record<string, string>>;

interface Row {
  readonly name: string;
  readonly cpuMsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly rounds: readonly number[];
  readonly barMs: number;
  readonly met: boolean;
}

/** Logins are as dear as the hash of a password is made to be: few of them, one after the other. */
const logins = 20;

/** GET /api/v2/me of a user who is logged in: by session cookie, and by Basic credentials that were checked before; logins. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-auth-'));
  const cluster = await startCluster(process.cwd(), directory, {
    RCS_SERVER_SETTINGS__ENABLE_SSL: 'false',
  });
  try {
    const { ready } = cluster;
    const [user] = ready.users;
    if (user === undefined) throw new Error('the cluster has no user');
    const basic = { authorization: `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}` };
    const session = { cookie: await logIn(ready, basic) };
    const rows = [await measure('warm session', ready, session), await measure('warm Basic', ready, basic)];
    report([...rows, await measureLogins(ready, basic)], values.json);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function logIn({ gateway }: ReadyLine, headers: Headers): Promise<string> {
  const answer = await fetch(`${gateway}/api/v2/sessions`, {
    method: 'POST',
    headers,
    signal: AbortSignal.timeout(30_000),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0];
  if (answer.status !== 201 || cookie === undefined) throw new Error(`login answered ${answer.status}`);
  return cookie;
}

async function measureLogins(ready: ReadyLine, basic: Headers): Promise<Row> {
  const pid = processIdOf('playback-gateway', ready.dataDir);
  const costs: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [before, began] = [processCpuMs(pid), performance.now()];
    for (let count = 0; count < logins; count++) await logIn(ready, basic);
    rates.push((logins * 1000) / (performance.now() - began));
    costs.push((processCpuMs(pid) - before) / logins);
  }
  const cpuMsPerRequest = median(costs);
  return {
    name: 'login',
    cpuMsPerRequest,
    requestsPerSecond: median(rates),
    rounds: costs,
    barMs: loginBarMs,
    met: cpuMsPerRequest < loginBarMs,
  };
}

async function measure(name: string, ready: ReadyLine, headers: Headers): Promise<Row> {
  const url = `${ready.gateway}/api/v2/me`;
  const first = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
  const bytes = (await first.arrayBuffer()).byteLength;
  const pid = processIdOf('playback-gateway', ready.dataDir);
  const load = () => runLoad({ url, headers, connections, requests, bytes });
  await load();
  const costs: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = processCpuMs(pid);
    rates.push((await load()).requestsPerSecond);
    costs.push((processCpuMs(pid) - before) / requests);
  }
  const cpuMsPerRequest = median(costs);
  return {
    name,
    cpuMsPerRequest,
    requestsPerSecond: median(rates),
    rounds: costs,
    barMs,
    met: cpuMsPerRequest < barMs,
  };
}

function report(rows: readonly Row[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ bench: 'auth', rows })}\n`);
    return;
  }
  for (const row of rows) {
    process.stdout.write(
      `${row.name}: ${row.cpuMsPerRequest.toFixed(3)} ms of gateway processor time per request ` +
        `(bar ${row.barMs} ms; rounds ${row.rounds.map(cost => cost.toFixed(3)).join(' ')}), ` +
        `${row.requestsPerSecond.toFixed(0)} requests/s\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench auth: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
