import type { Command } from 'commander';
import { requireSections } from '#platform';
import { backupSqliteStore, copySqliteStore, preparePostgresql } from '#store';
import { storeDirectory, withStoreOptions, type StoreOptions } from '../audit/audit-store.js';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';

interface BackupOptions extends StoreOptions {
  readonly json?: boolean;
}

interface MigrateOptions extends ConfigurationOptions {
  readonly grantTo?: string;
  readonly json?: boolean;
}

/** `rcsctl store`: what operators do with the store as a whole. */
export function storeCommand(program: Command): void {
  const store = program.command('store').description('the store as a whole');
  withConfiguration(store.command('migrate'))
    .description(
      'make the tables in PostgreSQL, or bring them up to date, as the role of the configuration, which owns them',
    )
    .option('--grant-to <role>', 'the role of gateways: it may add to the audit and read it, and not change it')
    .option('--json', 'JSON for programs')
    .action(migrate);
  withConfiguration(store.command('copy <directory>'))
    .description(
      'copy the SQLite store in a directory into the empty store in PostgreSQL of the configuration, and compare',
    )
    .option('--json', 'JSON for programs')
    .action(copy);
  withStoreOptions(store.command('backup <directory>'))
    .description('copy the files of a SQLite store into a new directory, while gateways go on writing to them')
    .option('--json', 'JSON for programs')
    .action(backup);
}

async function backup(target: string, { json, ...where }: BackupOptions): Promise<void> {
  const files = await backupSqliteStore(storeDirectory(where), target);
  print(json === true, { files }, () => files.map(({ file, bytes }) => `${file}  ${bytes} bytes`).join('\n'));
}

async function copy(directory: string, { config, json }: ConfigurationOptions & { json?: boolean }): Promise<void> {
  const { store } = requireSections(readConfiguration(config), 'store');
  const tables = await copySqliteStore(directory, store);
  print(json === true, { equal: true, tables }, () => {
    const lines = tables.map(({ table, rows }) => `${table}  ${rows}`);
    return [...lines, 'every table has the same rows in PostgreSQL'].join('\n');
  });
}

async function migrate({ config, grantTo, json }: MigrateOptions): Promise<void> {
  const { store } = requireSections(readConfiguration(config), 'store');
  await preparePostgresql(store, grantTo);
  print(json === true, { migrated: true, ...(grantTo === undefined ? {} : { grantedTo: grantTo }) }, () =>
    grantTo === undefined ? 'the tables are up to date' : `the tables are up to date, and ${grantTo} may use them`,
  );
}
