import { createHash, type Hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Client } from 'pg';
import { originalText } from '../postgresql/storable-text.js';
import type { CopiedTable, Row } from './copied-tables.js';

const fetchedRows = 500;

interface TableDigest {
  readonly rows: number;
  readonly digest: string;
}

/**
 * Compares count and SHA-256 over all rows, each side read in the order of the keys, by bytes.
 * @returns how many rows there are
 * @throws Error when they are not the same
 */
export async function requireEqual(database: Database.Database, table: CopiedTable, client: Client): Promise<number> {
  const [source, target] = [digestOfSource(database, table), await digestOfTarget(client, table)];
  if (source.rows === target.rows && source.digest === target.digest) return source.rows;
  const counts = `${source.rows} rows in SQLite, ${target.rows} in PostgreSQL`;
  throw new Error(`${table.table} is not the same after it was copied (${counts}); nothing was kept of the copy`);
}

function digestOfSource(database: Database.Database, table: CopiedTable): TableDigest {
  const hash = createHash('sha256');
  let rows = 0;
  for (const row of database.prepare<[], Row>(`${table.select} ORDER BY ${keyOf(table)}`).iterate()) {
    add(hash, table, table.made?.(row) ?? row);
    rows++;
  }
  return { rows, digest: hash.digest('hex') };
}

async function digestOfTarget(client: Client, table: CopiedTable): Promise<TableDigest> {
  const hash = createHash('sha256');
  const columns = table.columns.map(column => `"${column}"`).join(', ');
  await client.query(`DECLARE copied CURSOR FOR SELECT ${columns} FROM ${table.table} ORDER BY ${keyOf(table)}`);
  let rows = 0;
  for (;;) {
    const { rows: fetched } = await client.query<Record<string, unknown>>(`FETCH ${fetchedRows} FROM copied`);
    for (const row of fetched) add(hash, table, originalRow(row));
    rows += fetched.length;
    if (fetched.length < fetchedRows) break;
  }
  await client.query('CLOSE copied');
  return { rows, digest: hash.digest('hex') };
}

const keyOf = ({ key }: CopiedTable): string => key.map(column => `"${column}"`).join(', ');

function originalRow(row: Record<string, unknown>): Row {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' ? originalText(value) : value,
  ]);
  return Object.fromEntries(entries) as Row;
}

function add(hash: Hash, { columns }: CopiedTable, row: Row): void {
  const values = columns.map(column => row[column] ?? null);
  hash.update(JSON.stringify(values.map(value => (Buffer.isBuffer(value) ? { bytes: value.toString('hex') } : value))));
  hash.update('\n');
}
