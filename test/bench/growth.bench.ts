import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { processIdOf } from '../support/cluster/process-id.js';
import { residentMegabytes } from '../support/cluster/resident-memory.js';
import { startCluster, type ReadyLine } from '../support/cluster/running-cluster.js';
import { startSecondGateway } from '../support/cluster/second-gateway.js';
import { insertEncrypted } from './bench-media.js';
import { GrowingStore } from './growth/growing-store.js';
import { processCpuMs } from './process-cpu.js';

const mediaBytes = 100_000;
const deadlineMs = 120_000;

/** Requests of one kind, one after the other: a time is that of the server and not of a queue. */
interface Operation {
  readonly count: number;
  run(number: number): Promise<unknown>;
}

interface Cost {
  /** Of the gateway, milliseconds for one. */
  readonly cpuMs: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

interface Stage {
  readonly recordings: number;
  readonly certificates: number;
  readonly contactCenters: number;
  readonly audit: number;
}

interface Row extends Stage {
  readonly costs: Record<string, Cost>;
  readonly startSeconds: number;
  readonly residentMiB: number;
}

/**
 * One cluster whose store grows: what each act costs at each stage, and by how much that has grown since the first. A
 * stage has all of those before it.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      recordings: { type: 'string', default: '10000,100000' },
      certificates: { type: 'string', default: '100,1000' },
      'contact-centers': { type: 'string', default: '1000' },
      audit: { type: 'string', default: '20000' },
      // All recordings are for one certificate, as in most contact centers.
      'of-one': { type: 'boolean', default: false },
    },
  });
  const numbers = (list: string): number[] => list.split(',').filter(Boolean).map(Number);
  mkdirSync('.cache', { recursive: true });
  const directory = mkdtempSync(join(process.cwd(), '.cache/bench-growth-'));
  const cluster = await startCluster(process.cwd(), join(directory, 'data'), {
    RCS_SERVER_SETTINGS__ENABLE_SSL: 'false',
  });
  const { ready } = cluster;
  const store = new GrowingStore(ready.dataDir, ready.contactCenter, values['of-one']);
  try {
    const playPath = await insertEncrypted(ready, 'GROWTH', randomBytes(mediaBytes));
    const rows: Row[] = [];
    const stage = { recordings: 0, certificates: 0, contactCenters: 0, audit: 0 };
    const measured = async (grown: Partial<Stage>): Promise<void> => {
      Object.assign(stage, grown);
      rows.push(await measure(ready, playPath, { ...stage }));
      if (!values.json) report(rows);
    };
    await measured({});
    for (const certificates of numbers(values.certificates)) {
      await store.growCertificates(certificates);
      await measured({ certificates });
    }
    for (const recordings of numbers(values.recordings)) {
      await store.growRecordings(recordings);
      await measured({ recordings });
    }
    for (const contactCenters of numbers(values['contact-centers'])) {
      await store.growContactCenters(contactCenters);
      await measured({ contactCenters });
    }
    for (const audit of numbers(values.audit)) {
      await growAudit(ready, audit);
      await measured({ audit });
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ bench: 'growth', rows })}\n`);
  } finally {
    store.end();
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const ask = async ({ gateway }: ReadyLine, headers: Headers, path: string): Promise<string> => {
  const answer = await fetch(`${gateway}${path}`, { headers, signal: AbortSignal.timeout(deadlineMs) });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${body.slice(0, 300)}`);
  return body;
};

function headersOf(ready: ReadyLine): Headers {
  const [administrator] = ready.users;
  if (administrator === undefined) throw new Error('the cluster has no user');
  const { name, password } = administrator;
  return new Headers({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
}

function operationsOf(ready: ReadyLine, playPath: string): Readonly<Record<string, Operation>> {
  const headers = headersOf(ready);
  const get = (count: number, path: string): Operation => ({ count, run: () => ask(ready, headers, path) });
  return {
    'playback of 100 kB': get(200, playPath),
    'details of a recording': get(100, '/api/v2/recordings/GROWTH'),
    'page of a search': get(50, '/api/v2/recordings?callerPhoneNumber=%2B49*&limit=100'),
    'page of certificates': get(50, '/rcs/certificates'),
    'page of certificates by their ends': get(20, '/rcs/certificates?sort=-expires'),
    'page of certificates by their recordings': get(20, '/rcs/certificates?sort=-recordings'),
    insertion: {
      count: 30,
      run: number => insertEncrypted(ready, `G-${process.hrtime.bigint()}-${number}`, randomBytes(1000)),
    },
  };
}

async function measure(ready: ReadyLine, playPath: string, stage: Stage): Promise<Row> {
  const pid = processIdOf('playback-gateway', ready.dataDir);
  const costs: Record<string, Cost> = {};
  for (const [name, operation] of Object.entries(operationsOf(ready, playPath)))
    costs[name] = await costOf(operation, pid);
  const began = performance.now();
  const second = await startSecondGateway(process.cwd(), ready, {
    RCS_SERVER_SETTINGS__ENABLE_SSL: 'false',
  });
  const startSeconds = (performance.now() - began) / 1000;
  await second.stop();
  return { ...stage, costs, startSeconds, residentMiB: Math.round(residentMegabytes(pid)) };
}

async function costOf({ count, run }: Operation, pid: number): Promise<Cost> {
  for (let number = 0; number < Math.ceil(count / 5); number++) await run(-number);
  const taken: number[] = [];
  const before = processCpuMs(pid);
  for (let number = 0; number < count; number++) {
    const began = performance.now();
    await run(number);
    taken.push(performance.now() - began);
  }
  const cpuMs = (processCpuMs(pid) - before) / count;
  taken.sort((one, other) => one - other);
  const at = (share: number): number => taken[Math.floor(taken.length * share)] ?? NaN;
  return { cpuMs, medianMs: at(0.5), p99Ms: at(0.99) };
}

/** Each question is a record. */
async function growAudit(ready: ReadyLine, count: number): Promise<void> {
  const headers = headersOf(ready);
  let left = count;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await ask(ready, headers, '/api/v2/recordings/GROWTH');
  };
  await Promise.all(Array.from({ length: 16 }, caller));
}

function report(rows: readonly Row[]): void {
  const [first] = rows;
  const row = rows.at(-1);
  if (first === undefined || row === undefined) return;
  const { recordings, certificates, contactCenters, audit } = row;
  process.stdout.write(
    `${recordings} recordings, ${certificates} certificates, ${contactCenters} contact centers, ${audit} audit records: ` +
      `start ${row.startSeconds.toFixed(1)} s (x ${(row.startSeconds / first.startSeconds).toFixed(1)}), ${row.residentMiB} MiB\n`,
  );
  for (const [name, cost] of Object.entries(row.costs)) {
    const grown = cost.cpuMs / (first.costs[name]?.cpuMs ?? NaN);
    process.stdout.write(
      `  ${name}: ${cost.cpuMs.toFixed(2)} ms CPU (x ${grown.toFixed(1)}), median ${cost.medianMs.toFixed(1)} ms, p99 ${cost.p99Ms.toFixed(1)} ms\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench growth: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
