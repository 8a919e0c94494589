import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { observeAuditDisk } from './audit-disk-metrics.js';

describe(observeAuditDisk.name, () => {
  const value = async (registry: Registry, name: string): Promise<number | undefined> =>
    (await registry.getSingleMetric(name)?.get())?.values[0]?.value;

  it('tells the size of the log with what waits beside it, and the free space', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-audit-disk-'));
    writeFileSync(join(directory, 'audit.sqlite'), 'x'.repeat(100));
    writeFileSync(join(directory, 'audit.sqlite-wal'), 'x'.repeat(11));
    const registry = new Registry();
    observeAuditDisk(registry, directory);
    expect(await value(registry, 'rcs_audit_log_bytes')).toBe(111);
    expect(await value(registry, 'rcs_audit_disk_free_bytes')).toBeGreaterThan(0);
    rmSync(directory, { recursive: true });
    expect(await value(registry, 'rcs_audit_log_bytes')).toBe(0);
  });
});
