import { Gauge, type Registry } from 'prom-client';
import type { KeyBackups } from './key-backups.js';

/** Says when copies of keys were made, and when somebody carried them away. A vault that makes none has neither. */
export function observeKeyBackups(backups: Pick<KeyBackups, 'times'>, registry: Registry): void {
  const gauge = (name: string, help: string, which: 'written' | 'collected'): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.reset();
        const times = await backups.times().catch(() => undefined);
        if (times?.written !== undefined) this.set((times[which]?.getTime() ?? 0) / 1000);
        else this.remove();
      },
    });
  };
  gauge(
    'rcs_vault_key_backup_last_written_timestamp_seconds',
    'When a copy of a key was last written; absent where there is none.',
    'written',
  );
  gauge(
    'rcs_vault_key_backup_last_collected_timestamp_seconds',
    'When a copy of a key was last asked for (rcsctl keys backup); 0 for never, absent where there is no copy.',
    'collected',
  );
}
