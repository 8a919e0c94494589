import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { openSqliteStore, type Store } from '#store';
import { StoreMetrics } from './store-metrics.js';

jest.setTimeout(60_000);

describe(StoreMetrics.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-store-metrics-'));
  const registry = new Registry();
  let store: Store;

  beforeAll(async () => {
    store = new StoreMetrics(registry).measured(await openSqliteStore({ directory, auditWriter: 'gateway-1' }));
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const lines = async () => (await registry.metrics()).split('\n');

  it('measures what the repositories do', async () => {
    expect(await store.users.find({ name: 'nobody' })).toBeUndefined();
    expect(await store.recordings.find('nothing')).toBeUndefined();
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'rcs_store_operation_seconds_count{repository="users",operation="find",outcome="ok"} 1',
        'rcs_store_operation_seconds_count{repository="recordings",operation="find",outcome="ok"} 1',
      ]),
    );
  });

  it('shows an audit record as pending until it is durable', async () => {
    const appended = store.audit.append({ event: 'login-failed', outcome: 'refused' });
    expect(await lines()).toContain('rcs_audit_pending_records 1');
    await appended;
    expect(await lines()).toEqual(expect.arrayContaining(['rcs_audit_pending_records 0', 'rcs_audit_lag_seconds 0']));
  });

  it('counts records that could not be written by the code of the error', async () => {
    const other = mkdtempSync(join(tmpdir(), 'rcs-store-metrics-'));
    const otherRegistry = new Registry();
    const closed = new StoreMetrics(otherRegistry).measured(
      await openSqliteStore({ directory: other, auditWriter: 'gateway-2' }),
    );
    await closed.close();
    await expect(closed.audit.append({ event: 'login-failed', outcome: 'refused' })).rejects.toMatchObject({
      code: 'RCS_SHUTTING_DOWN',
    });
    expect(await otherRegistry.metrics()).toContain('rcs_audit_failures_total{code="RCS_SHUTTING_DOWN"} 1');
    rmSync(other, { recursive: true, force: true });
  });

  it('still answers whether the store works', async () => {
    await expect(store.check()).resolves.toBeUndefined();
  });
});
