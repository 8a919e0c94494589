import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { CassandraNode } from '#test/cassandra/cassandra-node.js';
import type { PostgresqlServer } from '#test/postgresql/postgresql-server.js';

/** By the names of tables the ids of the recordings that their rows are of. */
export type LeftRows = ReadonlyMap<string, readonly string[]>;

/** What stays of a removed recording, for good. */
const isKept = (table: string): boolean => table === 'removal_ledger' || table.startsWith('audit_');

const columnOf = (table: string): string => (table === 'recording' ? 'id' : 'recording_id');
const question = (table: string): string => `SELECT DISTINCT ${columnOf(table)} AS id FROM ${table}`;

/** Of a cluster of the quickstart whose store is SQLite. */
export function rowsInSqlite(dataDirectory: string): LeftRows {
  const database = new Database(join(dataDirectory, 'store/store.sqlite'), { readonly: true });
  try {
    const idsOf = (text: string): string[] =>
      database
        .prepare<[], { id: string }>(text)
        .all()
        .map(({ id }) => id);
    const tables = idsOf(
      `SELECT t.name AS id FROM pragma_table_list t JOIN pragma_table_info(t.name) c
       WHERE t.schema = 'main' AND t.type = 'table' AND c.name = 'recording_id'`,
    );
    return rowsOf(tables, table => idsOf(question(table)));
  } finally {
    database.close();
  }
}

export async function rowsInPostgresql(server: PostgresqlServer, database: string): Promise<LeftRows> {
  const idsOf = async (text: string): Promise<string[]> =>
    (await server.execute(text, database)).map(({ id }) => id as string);
  const tables = await idsOf(
    `SELECT table_name AS id FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'recording_id'`,
  );
  return rowsLater(tables, table => idsOf(question(table)));
}

export async function rowsInCassandra(node: CassandraNode, keyspace: string): Promise<LeftRows> {
  const tables = await node.rows(
    `SELECT table_name, column_name FROM system_schema.columns WHERE keyspace_name = '${keyspace}'`,
  );
  const names = tables.flatMap(({ table_name: table, column_name: column }) =>
    column === 'recording_id' ? [table as string] : [],
  );
  return rowsLater(names, async table => {
    const column = columnOf(table);
    const rows = await node.rows(`SELECT ${column} FROM ${keyspace}.${table}`);
    return [...new Set(rows.map(row => row[column] as string))];
  });
}

function rowsOf(tables: readonly string[], idsOf: (table: string) => readonly string[]): LeftRows {
  return new Map(withRecordings(tables).map(table => [table, idsOf(table)]));
}

async function rowsLater(
  tables: readonly string[],
  idsOf: (table: string) => Promise<readonly string[]>,
): Promise<LeftRows> {
  const rows = new Map<string, readonly string[]>();
  for (const table of withRecordings(tables)) rows.set(table, await idsOf(table));
  return rows;
}

const withRecordings = (tables: readonly string[]): string[] =>
  [...new Set(['recording', ...tables])].filter(table => !isKept(table));
