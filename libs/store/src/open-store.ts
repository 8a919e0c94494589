import {
  ConfigurationError,
  type CassandraClusterConfiguration,
  type PostgresqlConfiguration,
  type StoreConfiguration,
} from '#platform';
import { postgresqlTls } from '#tls';
import { cassandraOptions } from './cassandra/configured-cassandra.js';
import { withCassandra } from './cassandra/with-cassandra.js';
import { openPostgresqlStore } from './postgresql/open-postgresql-store.js';
import type { DatabaseHost, PostgresqlOptions } from './postgresql/postgresql-options.js';
import { openSqliteStore } from './sqlite/open-sqlite-store.js';
import type { Store } from './store.js';

export interface StoreUse {
  /** The writer this process is in the audit log: unique among all of the store, and the same after a restart. */
  readonly auditWriter: string;
  /** Instead of what the configuration, or the product, allows an operation. */
  readonly writeDeadlineMs?: number;
}

/** What a configuration says of where things are kept. */
export interface StorePlaces {
  readonly store: StoreConfiguration;
  /** Where recordings are; absent: in the store. */
  readonly cassandraCluster?: CassandraClusterConfiguration | undefined;
}

/**
 * Opens the store of a configuration, whatever kind it is.
 * @throws ConfigurationError when it cannot be used; the message says what to do.
 */
export async function openStore({ store: settings, cassandraCluster }: StorePlaces, use: StoreUse): Promise<Store> {
  const store = await openDatabase(settings, use);
  if (cassandraCluster === undefined) return store;
  try {
    const options = cassandraOptions(cassandraCluster);
    return await withCassandra(store, { ...options, deadlineMs: use.writeDeadlineMs ?? options.deadlineMs });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openDatabase(settings: StoreConfiguration, { auditWriter, writeDeadlineMs }: StoreUse): Promise<Store> {
  if (settings.kind === 'sqlite') {
    const directory = sqliteDirectory(settings);
    return openSqliteStore({ directory, auditWriter, ...(writeDeadlineMs === undefined ? {} : { writeDeadlineMs }) });
  }
  const options = postgresqlOptions(settings, auditWriter);
  return openPostgresqlStore({ ...options, auditWriter, deadlineMs: writeDeadlineMs ?? options.deadlineMs });
}

/** Where the files are. @throws ConfigurationError where the store is no SQLite one. */
export function sqliteDirectory({ kind, directory }: StoreConfiguration): string {
  if (kind === 'sqlite' && directory !== undefined) return directory;
  throw new ConfigurationError('store.directory: the store of this configuration is not in files');
}

/** How the database of a configuration is reached. @throws ConfigurationError where the store is none of PostgreSQL. */
export function postgresqlOptions({ postgresql }: StoreConfiguration, applicationName: string): PostgresqlOptions {
  if (postgresql === undefined)
    throw new ConfigurationError('store.postgresql: the configuration does not say where it is');
  const { database, userName, password, connectTimeoutMs, operationTimeoutMs, maxConnections } = postgresql;
  return {
    hosts: hostsOf(postgresql),
    database,
    user: userName,
    password,
    tls: postgresqlTls(postgresql),
    connectTimeoutMs,
    deadlineMs: operationTimeoutMs,
    maxConnections,
    applicationName: `rcs ${applicationName}`,
  };
}

function hostsOf({ hosts }: PostgresqlConfiguration): readonly DatabaseHost[] {
  return hosts.map(written => {
    const colon = written.lastIndexOf(':');
    return { host: written.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(written.slice(colon + 1)) };
  });
}
