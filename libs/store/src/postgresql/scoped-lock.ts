import type { Sql } from './sql.js';

/** Holds a name until the transaction ends: what two do under one name they do one after the other, as in SQLite. */
export async function lockName(sql: Sql, name: string): Promise<void> {
  await sql.all('SELECT pg_advisory_xact_lock(hashtextextended($1, 7203718))', [name]);
}
