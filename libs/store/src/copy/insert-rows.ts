import type Database from 'better-sqlite3';
import type { Sql } from '../postgresql/sql.js';
import type { CopiedTable, Row } from './copied-tables.js';

/** PostgreSQL counts the values of a statement in 16 bits. */
const mostValues = 30_000;
/** Rows may be long: so many bytes of them at a time. */
const mostBytes = 4_000_000;

/** Inserts all rows of a table, in their order. */
export async function insertRows(database: Database.Database, table: CopiedTable, sql: Sql): Promise<void> {
  const order = table.inserted ?? table.key.map(column => `"${column}"`).join(', ');
  let rows: Row[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (rows.length > 0)
      await sql.run(
        insertion(table, rows.length),
        rows.flatMap(row => valuesOf(table, row)),
      );
    rows = [];
    bytes = 0;
  };
  for (const read of database.prepare<[], Row>(`${table.select} ORDER BY ${order}`).iterate()) {
    const row = table.made?.(read) ?? read;
    rows.push(row);
    for (const value of Object.values(row)) bytes += typeof value === 'number' ? 8 : (value?.length ?? 0);
    if (bytes >= mostBytes || (rows.length + 1) * table.columns.length > mostValues) await flush();
  }
  await flush();
}

function insertion({ table, columns }: CopiedTable, count: number): string {
  const width = columns.length;
  const tuple = (row: number): string => `(${columns.map((_, index) => `$${row * width + index + 1}`).join(', ')})`;
  const names = columns.map(column => `"${column}"`).join(', ');
  return `INSERT INTO ${table} (${names}) VALUES ${Array.from({ length: count }, (_, row) => tuple(row)).join(', ')}`;
}

const valuesOf = ({ columns }: CopiedTable, row: Row) => columns.map(column => row[column] ?? null);
