import type { Command } from 'commander';
import { requireSections } from '#platform';
import { openSqliteStore, openStore, sqliteDirectory, type Store } from '#store';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';

export interface StoreOptions extends ConfigurationOptions {
  readonly store?: string | undefined;
}

/** Nobody who plays waits for a command: it may wait for a busy disk. */
const writeDeadlineMs = 60_000;

/** Adds `--store` and `--config`. */
export function withStoreOptions(command: Command): Command {
  return withConfiguration(
    command.option(
      '--store <directory>',
      'the directory of a SQLite store; the store of the configuration when absent',
    ),
  );
}

/**
 * Where the files of the store are; the configuration is read only where no option says it.
 * @throws ConfigurationError where the store is not in files.
 */
export function storeDirectory({ store, config }: StoreOptions): string {
  return store ?? sqliteDirectory(requireSections(readConfiguration(config), 'store').store);
}

export async function withStore(where: StoreOptions, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await open(where);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

function open({ store, config }: StoreOptions): Promise<Store> {
  const use = { auditWriter: 'rcsctl', writeDeadlineMs };
  if (store !== undefined) return openSqliteStore({ directory: store, ...use });
  return openStore(requireSections(readConfiguration(config), 'store'), use);
}

/**
 * The internal authority: the option's, else that of the configuration, where one is read.
 * @throws Error when there is none.
 */
export function authorityFile({ store, config }: StoreOptions, ca: string | undefined): string {
  const file = ca ?? (store === undefined ? readConfiguration(config).internalTls?.caFile : undefined);
  if (file === undefined) throw new Error('name the internal authority that signed for the gateways: --ca FILE');
  return file;
}
