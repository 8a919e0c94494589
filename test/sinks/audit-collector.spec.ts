import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { createLogger, type AuditOtlpConfiguration } from '#platform';
import { openSqliteStore, type AuditRecord, type Store } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { OpenTelemetryCollector, type CollectedLog } from '#test/collector/open-telemetry-collector.js';
import { ExportMetrics } from '../../apps/playback-gateway/src/audit/export/export-metrics.js';
import { OtlpRecordSender } from '../../apps/playback-gateway/src/audit/export/otlp-record-sender.js';
import { RecordExport } from '../../apps/playback-gateway/src/audit/export/record-export.js';

/** Building the collector takes minutes. */
jest.setTimeout(900_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-collector-'));
const logger = createLogger('playback-gateway', 'test', 'silent');
const patienceMs = 120_000;
/** What may come twice when a collector dies before it answered. */
const batchRecords = 200;
let authority: InternalAuthority;
let collector: OpenTelemetryCollector;
let store: Store;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  authority = await InternalAuthority.create();
  collector = await OpenTelemetryCollector.start(join(work, 'collector'), await authority.issue('key-vault'));
  store = await openSqliteStore({ directory: join(work, 'store'), auditWriter: 'gateway-1', writeDeadlineMs: 60_000 });
});
afterAll(async () => {
  for (const each of running.splice(0)) await each.stop();
  await store?.close();
  await collector?.end();
  rmSync(work, { recursive: true, force: true });
});

async function exporting(holder: string, change: Partial<AuditOtlpConfiguration> = {}): Promise<RecordExport> {
  const { endpoint, caFile: otlpTrustedCA } = collector;
  const settings = { endpoint, otlpTrustedCA, otlpHeaders: {}, intervalMs: 50, ...change };
  const records = new RecordExport(
    {
      audit: store.audit,
      position: await store.exportPosition(holder),
      sender: new OtlpRecordSender(settings, { instance: holder, version: '1' }),
      metrics: new ExportMetrics(new Registry()),
      logger,
    },
    settings.intervalMs,
  );
  records.start();
  running.push(records);
  return records;
}

async function append(count: number): Promise<void> {
  const made = Array.from({ length: count }, (_, index) =>
    store.audit.append({ event: 'playback', outcome: index % 2 === 0 ? 'allowed' : 'refused', user: 'Ålice "x"\n' }),
  );
  await Promise.all(made);
}

async function stored(): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const record of store.audit.query()) records.push(record);
  return records;
}

const textOf = (record: AuditRecord): string => JSON.stringify(record);
const placeIn = ({ attributes }: CollectedLog): string =>
  `${attributes['rcs.audit.writer'] ?? ''} ${attributes['rcs.audit.sequence'] ?? ''} ${attributes['rcs.audit.hash'] ?? ''}`;

async function untilCollected(count: number): Promise<readonly CollectedLog[]> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const logs = collector.logs();
    if (new Set(logs.map(placeIn)).size >= count) return logs;
    if (performance.now() > end) throw new Error(`the collector has ${logs.length} logs, not ${count}`);
    await delay(100);
  }
}

it('a collector has every record once and as it is, over TLS', async () => {
  await exporting('gateway-1');
  await append(499);
  const logs = await untilCollected(500);
  expect(logs.map(({ body }) => body).sort()).toEqual((await stored()).map(textOf).sort());
  expect(new Set(logs.map(placeIn)).size).toBe(logs.length);
  const refused = logs.find(({ body }) => body.includes('"refused"'));
  expect(refused).toMatchObject({
    eventName: 'rcs.audit.playback',
    severityText: 'WARN',
    service: 'playback-gateway',
    attributes: { 'rcs.audit.writer': 'gateway-1', 'rcs.audit.outcome': 'refused' },
  });
});

it('also what was recorded while it was killed and away, in order, and nothing twice that it had answered', async () => {
  await collector.end('SIGKILL');
  await append(700);
  await delay(500);
  await collector.begin();
  const logs = await untilCollected(1200);
  expect(logs.map(({ attributes }) => Number(attributes['rcs.audit.sequence']))).toEqual(
    Array.from({ length: 1200 }, (_, sequence) => sequence),
  );
});

it('and when it is killed in the middle of it: nothing is left out, and at most a batch came twice for each time', async () => {
  const kills = 3;
  for (let kill = 0; kill < kills; kill++) {
    const appended = append(2000);
    await untilCollected(1200 + kill * 2000 + 400);
    await collector.end('SIGKILL');
    await appended;
    await collector.begin();
  }
  const count = 1200 + kills * 2000;
  const logs = await untilCollected(count);
  expect(new Set(logs.map(placeIn))).toEqual(
    new Set((await stored()).map(({ writer, sequence, hash }) => `${writer} ${sequence} ${hash}`)),
  );
  expect(logs.length - count).toBeLessThanOrEqual(kills * batchRecords);
});

it('nothing reaches a collector that another authority vouches for', async () => {
  for (const each of running.splice(0)) await each.stop();
  const before = collector.logs().length;
  const strangers = await exporting('gateway-2', { otlpTrustedCA: true });
  await append(10);
  await delay(1000);
  await strangers.stop();
  running.splice(0);
  expect(collector.logs().length).toBe(before);
  await exporting('gateway-3');
  await untilCollected((await stored()).length);
});
