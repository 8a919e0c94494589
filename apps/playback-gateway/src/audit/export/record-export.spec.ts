import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Registry } from 'prom-client';
import { createLogger } from '#platform';
import { openSqliteStore, type AuditRecord, type Store } from '#store';
import { OtlpLogReceiver } from '#test/tracing/otlp-log-receiver.js';
import { ExportMetrics } from './export-metrics.js';
import { OtlpRecordSender } from './otlp-record-sender.js';
import { RecordExport } from './record-export.js';

const intervalMs = 10;

describe(RecordExport.name, () => {
  const logger = createLogger('playback-gateway', 'test', 'silent');
  let directory: string;
  let receiver: OtlpLogReceiver;
  const open: { close(): Promise<void> }[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-export-'));
    receiver = await OtlpLogReceiver.start();
  });
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.close();
    await receiver.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function storeOf(auditWriter: string): Promise<Store> {
    const store = await openSqliteStore({ directory, auditWriter });
    open.push(store);
    return store;
  }

  async function exporting(store: Store, holder: string) {
    const registry = new Registry();
    const settings = { otlpHeaders: { 'x-api-key': 'secret' }, otlpTrustedCA: true, intervalMs };
    const records = new RecordExport(
      {
        audit: store.audit,
        position: await store.exportPosition(holder),
        sender: new OtlpRecordSender({ ...settings, endpoint: receiver.endpoint }, { instance: holder, version: '1' }),
        metrics: new ExportMetrics(registry),
        logger,
      },
      intervalMs,
    );
    records.start();
    return { records, registry };
  }

  const append = async ({ audit }: Store, count: number): Promise<void> => {
    for (let made = 0; made < count; made++)
      await audit.append({ event: 'playback', outcome: 'allowed', user: 'alice' });
  };
  const until = async (condition: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 3000 && !condition(); tries++) await delay(10);
    expect(condition()).toBe(true);
  };
  const valueOf = async (registry: Registry, name: string) =>
    (await registry.getSingleMetric(name)?.get())?.values[0]?.value;
  const waitingIn = (registry: Registry) => valueOf(registry, 'rcs_audit_export_waiting_records');
  const placeOf = ({ writer, sequence }: Pick<AuditRecord, 'writer' | 'sequence'>): string => `${writer} ${sequence}`;
  const placesReceived = (): string[] => receiver.logs.map(({ body }) => placeOf(JSON.parse(body) as AuditRecord));
  async function placesStored({ audit }: Store): Promise<string[]> {
    const places: string[] = [];
    for await (const record of audit.query()) places.push(placeOf(record));
    return places;
  }

  it('sends every record of every writer once, as it can be read', async () => {
    const [first, second] = [await storeOf('gateway-1'), await storeOf('rcsctl')];
    await append(first, 250);
    await append(second, 3);
    await first.audit.append({ event: 'playback', outcome: 'refused', user: 'bob', contactCenter: 'paris' });
    const { records, registry } = await exporting(first, 'gateway-1');
    await until(() => receiver.logs.length >= 256);
    await append(second, 1);
    await until(() => receiver.logs.length >= 257);
    await records.stop();
    expect(placesReceived().sort()).toEqual((await placesStored(first)).sort());
    expect([...receiver.apiKeys, ...receiver.services]).toEqual(['secret', 'playback-gateway']);
    const refused = receiver.logs.find(({ body }) => body.includes('"bob"'));
    expect(refused).toMatchObject({
      eventName: 'rcs.audit.playback',
      severity: 13,
      attributes: { 'rcs.audit.writer': 'gateway-1', 'rcs.audit.sequence': 251, 'rcs.contact_center': 'paris' },
    });
    for await (const record of first.audit.query({ user: 'bob' })) {
      expect([JSON.parse(refused?.body ?? ''), refused?.time]).toEqual([record, record.time]);
    }
    expect(await valueOf(registry, 'rcs_audit_records_exported_total')).toBe(257);
    expect(await valueOf(registry, 'rcs_audit_export_waiting_records')).toBe(0);
  });

  it('leaves nothing out when the collector refuses, and when the gateway starts again', async () => {
    const store = await storeOf('gateway-1');
    await append(store, 5);
    const first = await exporting(store, 'gateway-1');
    await until(() => receiver.logs.length === 6);
    receiver.refusing = 400;
    await append(store, 5);
    await until(() => receiver.refused > 1);
    expect(await valueOf(first.registry, 'rcs_audit_export_failures_total')).toBeGreaterThan(0);
    // A round that began between two of the records knows of those before it alone.
    for (let tries = 0; tries < 3000 && (await waitingIn(first.registry)) !== 5; tries++) await delay(10);
    expect(await waitingIn(first.registry)).toBe(5);
    await first.records.stop();
    receiver.refusing = undefined;
    const second = await exporting(store, 'gateway-1-again');
    await until(() => receiver.logs.length >= 11);
    await second.records.stop();
    expect(placesReceived()).toEqual(await placesStored(store));
  });

  it('does nothing after it was stopped in the middle of its work', async () => {
    const store = await storeOf('gateway-1');
    await append(store, 300);
    const { records, registry } = await exporting(store, 'gateway-1');
    await until(() => receiver.logs.length > 0);
    await records.stop();
    const sent = receiver.logs.length;
    await delay(20 * intervalMs);
    expect(receiver.logs.length).toBe(sent);
    expect(await valueOf(registry, 'rcs_audit_export_failures_total')).toBe(0);
  });

  it('of two gateways of a store one sends, and the other goes on when it has ended', async () => {
    const stores = [await storeOf('gateway-1'), await storeOf('gateway-2')] as const;
    for (const store of stores) await append(store, 1);
    const first = await exporting(stores[0], 'gateway-1');
    await until(() => receiver.logs.length === 4);
    const second = await exporting(stores[1], 'gateway-2');
    for (const store of stores) await append(store, 10);
    await until(() => receiver.logs.length >= 24);
    await delay(20 * intervalMs);
    expect(await valueOf(second.registry, 'rcs_audit_records_exported_total')).toBe(0);
    await first.records.stop();
    await append(stores[1], 10);
    await until(() => receiver.logs.length >= 34);
    await second.records.stop();
    expect(placesReceived().sort()).toEqual((await placesStored(stores[0])).sort());
  });

  it('is not held up by a record that somebody broke, and counts it', async () => {
    const store = await storeOf('gateway-1');
    await append(store, 5);
    const database = new Database(join(directory, 'audit.sqlite'));
    const triggers = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .pluck()
      .all() as string[];
    for (const trigger of triggers) database.exec(`DROP TRIGGER ${trigger}`);
    database.exec("UPDATE audit_record SET record = 'nonsense' WHERE sequence = 2");
    database.close();
    const { records, registry } = await exporting(store, 'gateway-1');
    await until(() => receiver.logs.length >= 5);
    await records.stop();
    expect(placesReceived()).toEqual([0, 1, 3, 4, 5].map(sequence => `gateway-1 ${sequence}`));
    expect(await valueOf(registry, 'rcs_audit_records_not_exported_total')).toBe(1);
  });
});
