import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { VaultJournal } from './vault-journal.js';

/** Tells of the journal what is needed before the disk is full, and when it is. */
export function observeJournal(journal: Pick<VaultJournal, 'state'>, file: string, registry: Registry): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  };
  gauge('rcs_vault_journal_bytes', 'Size of the journal of key uses, without sealed files.', () => journal.state.bytes);
  gauge(
    'rcs_vault_journal_last_write_timestamp_seconds',
    'When the journal of key uses was last written.',
    () => (journal.state.lastWrite?.getTime() ?? 0) / 1000,
  );
  gauge(
    'rcs_vault_journal_free_bytes',
    'Space that is left where the journal of key uses lies; NaN when that cannot be told.',
    () => freeBytes(dirname(file)),
  );
  counter(
    registry,
    'rcs_vault_journal_records_total',
    'Records that were written to the journal of key uses.',
    () => journal.state.records,
  );
  counter(
    registry,
    'rcs_vault_journal_failures_total',
    'Operations that were refused because their record could not be written.',
    () => journal.state.failures,
  );
}

function counter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}
