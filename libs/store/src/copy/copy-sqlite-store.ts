import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { Client } from 'pg';
import { ConfigurationError, describeError, type StoreConfiguration } from '#platform';
import { postgresqlOptions } from '../open-store.js';
import { connectionProblem } from '../postgresql/connection-advice.js';
import { migrateSchema } from '../postgresql/migrate-schema.js';
import { clientConfig, writableHost } from '../postgresql/primary-pool.js';
import { sqlOn } from '../postgresql/sql.js';
import { auditSchema } from '../sqlite/audit-schema.js';
import { documentSchema } from '../sqlite/document-schema.js';
import { auditDatabaseName, documentDatabaseName } from '../sqlite/open-sqlite-store.js';
import { prepareDatabase } from '../sqlite/prepare-database.js';
import { migrationsOf } from '../sqlite/stored-thing.js';
import { documents } from '../store.js';
import { auditTables, documentTables, type CopiedTable } from './copied-tables.js';
import { requireEqual } from './table-digest.js';
import { insertRows } from './insert-rows.js';

/** Of one statement: the largest tables are copied and compared in stretches. */
const statementTimeoutMs = 600_000;

export interface TableCopy {
  readonly table: string;
  readonly rows: number;
}

/**
 * Copies a SQLite store into an empty store in PostgreSQL, and proves that each table there has the same rows. All of it
 * is one transaction: the target has everything or nothing. Nobody can write to the SQLite store meanwhile; gateways that
 * run on it answer 503.
 * @param settings of the target; its tables are made where they are not there
 * @throws ConfigurationError when one of the stores cannot be used; Error when the target is not empty, or not equal.
 */
export async function copySqliteStore(directory: string, settings: StoreConfiguration): Promise<readonly TableCopy[]> {
  const sources = await lockedSources(directory);
  try {
    return await copyAll(sources, settings);
  } finally {
    for (const [database] of sources) database.close();
  }
}

type Source = readonly [database: Database.Database, tables: readonly CopiedTable[]];

async function lockedSources(directory: string): Promise<readonly Source[]> {
  const wanted = [
    [documentDatabaseName, migrationsOf(documents, documentSchema), documentTables],
    [auditDatabaseName, auditSchema, auditTables],
  ] as const;
  const sources: Source[] = [];
  try {
    for (const [name, migrations, tables] of wanted) {
      const file = join(directory, name);
      if (!existsSync(file)) throw new Error(`there is no ${name}`);
      const database = await prepareDatabase(file, migrations);
      sources.push([database, tables]);
      database.pragma('busy_timeout = 10000');
      database.exec('BEGIN IMMEDIATE');
    }
    return sources;
  } catch (error) {
    for (const [database] of sources) database.close();
    const message = `the SQLite store in ${directory} cannot be copied: ${describeError(error)}`;
    throw new ConfigurationError(message, { cause: error });
  }
}

async function copyAll(sources: readonly Source[], settings: StoreConfiguration): Promise<readonly TableCopy[]> {
  const options = postgresqlOptions(settings, 'rcsctl');
  const client = await connected(options);
  try {
    const copies: TableCopy[] = [];
    await client.query('BEGIN');
    // Whoever opens the store makes partitions under this lock.
    await client.query('LOCK TABLE rcs_schema IN EXCLUSIVE MODE');
    for (const [, tables] of sources) for (const { table } of tables) await requireEmpty(client, table);
    await client.query('DELETE FROM user_version_counter');
    for (const [database, tables] of sources) {
      for (const table of tables) {
        if (table.table === 'audit_record') await makeMonths(client, database);
        await insertRows(database, table, sqlOn(client));
        copies.push({ table: table.table, rows: await requireEqual(database, table, client) });
      }
    }
    await client.query('COMMIT');
    return copies;
  } finally {
    await client.end();
  }
}

async function connected(options: ReturnType<typeof postgresqlOptions>): Promise<Client> {
  try {
    const host = await writableHost(options);
    await migrateSchema(options, host);
    const config = clientConfig(options, host);
    const client = new Client({ ...config, query_timeout: statementTimeoutMs, statement_timeout: statementTimeoutMs });
    // What is lost shows in the statement that waits for it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    const message = `store.postgresql, database ${options.database}: ${connectionProblem(options, error)}`;
    throw new ConfigurationError(message, { cause: error });
  }
}

/** The counter has a row from the beginning; nobody has counted where there are no users. */
async function requireEmpty(client: Client, table: string): Promise<void> {
  if (table === 'user_version_counter') return;
  const { rowCount } = await client.query(`SELECT 1 FROM ${table} LIMIT 1`);
  if (rowCount === 0) return;
  throw new Error(`the store in PostgreSQL is not empty: there are rows in ${table}; name a new database`);
}

async function makeMonths(client: Client, database: Database.Database): Promise<void> {
  const months = database.prepare<[], string>('SELECT DISTINCT substr(time, 1, 7) FROM audit_record').pluck().all();
  for (const month of months) await client.query('SELECT rcs_audit_month($1)', [month]);
}
