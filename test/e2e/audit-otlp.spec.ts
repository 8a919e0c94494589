import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type AuditRecord } from '#store';
import { startCluster } from '#test/cluster/running-cluster.js';
import { OtlpLogReceiver } from '#test/tracing/otlp-log-receiver.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-audit-otlp-'));
let receiver: OtlpLogReceiver;

afterAll(async () => {
  await receiver?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function recordsOf(directory: string): Promise<AuditRecord[]> {
  const store = await openSqliteStore({ directory, auditWriter: 'reader' });
  const records: AuditRecord[] = [];
  for await (const record of store.audit.query()) records.push(record);
  await store.close();
  return records;
}

it('a collector has every record of two runs of a cluster, although it was away in between', async () => {
  receiver = await OtlpLogReceiver.start();
  const otlp = { endpoint: receiver.endpoint, otlpHeaders: { 'x-api-key': 'of-the-collector' }, intervalMs: 200 };
  for (const refusing of [503, undefined]) {
    receiver.refusing = refusing;
    const cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
      RCS_AUDIT__OTLP: JSON.stringify(otlp),
    });
    const listener = new CurlClient(cluster, work);
    expect((await listener.play(cluster.ready.recordings[0]?.playPath ?? '')).status).toBe(200);
    // A gateway that ends in the middle of an attempt has the position for itself for half a minute more.
    if (refusing === undefined) await waitFor('the first records', () => receiver.logs.length > 0);
    await cluster.stop();
  }
  const key = ({ writer, sequence, hash }: AuditRecord): string => `${writer} ${sequence} ${hash}`;
  const received = receiver.logs.map(({ body }) => key(JSON.parse(body) as AuditRecord));
  const stored = (await recordsOf(join(work, 'data', 'store'))).map(key);
  // Commands of the quickstart write as rcsctl after the gateway has ended; nothing of a gateway is left out.
  const ofGateways = stored.filter(text => text.startsWith('playback-gateway'));
  expect(ofGateways.length).toBeGreaterThan(4);
  expect(ofGateways.filter(text => !received.includes(text))).toEqual([]);
  expect(received.filter(text => !stored.includes(text))).toEqual([]);
  expect([...receiver.apiKeys]).toEqual(['of-the-collector']);
});
