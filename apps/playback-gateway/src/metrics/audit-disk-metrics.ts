import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';
import { auditDatabaseName } from '#store';

/** How large the audit is, and what its disk has left. What cannot be looked at has no value. */
export function observeAuditDisk(registry: Registry, directory: string): void {
  const file = join(directory, auditDatabaseName);
  gauge(registry, 'rcs_audit_log_bytes', 'Size of the audit log in the store, what is not checkpointed included.', () =>
    ['', '-wal'].reduce(
      (bytes, suffix) => bytes + (statSync(`${file}${suffix}`, { throwIfNoEntry: false })?.size ?? 0),
      0,
    ),
  );
  gauge(registry, 'rcs_audit_disk_free_bytes', 'What the disk of the audit log can still take.', () => {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  });
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      try {
        this.set(read());
      } catch {
        this.remove();
      }
    },
  });
}
