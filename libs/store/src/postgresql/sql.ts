import type { ClientBase, QueryResultRow } from 'pg';
import { originalText, storableText } from './storable-text.js';

export type SqlValue = string | number | boolean | null | Uint8Array | readonly (string | number | null)[];

/** Whoever waited for a row sees what was committed meanwhile, also where the server's own choice is another level. */
export const beginReadCommitted = 'BEGIN ISOLATION LEVEL READ COMMITTED';

/** Statements on one connection, or on whichever is free. */
export interface Sql {
  all<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;

  /** The first row. */
  first<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<Row | undefined>;

  /** How many rows were written. */
  run(text: string, values?: readonly SqlValue[]): Promise<number>;
}

/** Statements on this connection. */
export function sqlOn(client: ClientBase): Sql {
  const query = async (text: string, values: readonly SqlValue[] = []) => client.query(text, values.map(storable));
  const all = async <Row extends object>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]> =>
    (await query(text, values)).rows.map((row: QueryResultRow) => original(row) as Row);
  return {
    all,
    async first<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<Row | undefined> {
      return (await all<Row>(text, values))[0];
    },
    run: async (text, values) => (await query(text, values)).rowCount ?? 0,
  };
}

function storable(value: SqlValue): unknown {
  if (typeof value === 'string') return storableText(value);
  if (!Array.isArray(value)) return value;
  return (value as readonly (string | number | null)[]).map(one => (typeof one === 'string' ? storableText(one) : one));
}

function original(row: QueryResultRow): QueryResultRow {
  for (const [name, value] of Object.entries(row)) if (typeof value === 'string') row[name] = originalText(value);
  return row;
}
