import { InvalidArgumentError, type Command } from 'commander';
import { requireSections } from '#platform';
import {
  backupSqliteStore,
  checkStore,
  copySqliteStore,
  prepareConfiguredCassandra,
  preparePostgresql,
  recountRecipients,
  type StoreFinding,
} from '#store';
import { storeDirectory, withStoreOptions, type StoreOptions } from '../audit/audit-store.js';
import { backUpCheckpoints } from '../audit/backup-checkpoints.js';
import { checkpointFile } from '../audit/verify-log.js';
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

interface CheckOptions extends ConfigurationOptions {
  readonly role?: string;
  readonly json?: boolean;
}

interface PrepareOptions extends ConfigurationOptions {
  readonly replication?: Copies;
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
  withConfiguration(store.command('check'))
    .description('look at the store, changing nothing; exit status 1 when something is wrong')
    .option('--role <role>', 'the role of gateways in PostgreSQL; that of the configuration when absent')
    .option('--json', 'JSON for programs')
    .action(check);
  withConfiguration(store.command('recount'))
    .description('count anew how many recordings are for which certificate, where store check finds that wrong')
    .option('--json', 'JSON for programs')
    .action(recount);
  withConfiguration(store.command('prepare-cassandra'))
    .description('make the tables in the keyspace of cassandraCluster, or those that are missing')
    .option(
      '--replication <copies...>',
      'make the keyspace, too, with so many copies in each data center: datacenter1=3',
      addCopies,
    )
    .option('--json', 'JSON for programs')
    .action(prepareCassandra);
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

type Copies = Readonly<Record<string, number>>;

function addCopies(written: string, before: Copies | undefined): Copies {
  const [, center, copies] = /^([^=]+)=([1-9]\d?)$/.exec(written) ?? [];
  if (center !== undefined) return { ...before, [center]: Number(copies) };
  throw new InvalidArgumentError('write the name of a data center and its copies, as in datacenter1=3');
}

async function prepareCassandra({ config, replication, json }: PrepareOptions): Promise<void> {
  await prepareConfiguredCassandra(readConfiguration(config).cassandraCluster, replication);
  print(json === true, { prepared: true }, () => 'the tables for recordings are there');
}

async function backup(target: string, { json, ...where }: BackupOptions): Promise<void> {
  const databases = await backupSqliteStore(storeDirectory(where), target);
  const files = [...databases, ...(await backUpCheckpoints(checkpointFile(where), target, databases))];
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

async function check({ config, role, json }: CheckOptions): Promise<void> {
  const { store } = requireSections(readConfiguration(config), 'store');
  const findings = await checkStore(store, role);
  print(json === true, { findings }, () => findings.map(line).join('\n'));
  if (findings.some(({ verdict }) => verdict === 'bad')) process.exitCode = 1;
}

async function recount({ config, json }: ConfigurationOptions & { json?: boolean }): Promise<void> {
  const { store } = requireSections(readConfiguration(config), 'store');
  await recountRecipients(store);
  print(json === true, { recounted: true }, () => 'the counts of recordings are those of the rows');
}

function line({ check, verdict, found, advice }: StoreFinding): string {
  const next = advice === undefined ? '' : `\n${' '.repeat(22)}next: ${advice}`;
  return `${check.padEnd(11)} ${verdict.padEnd(9)} ${found}${next}`;
}
