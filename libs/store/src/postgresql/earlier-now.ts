import type { Sql } from './sql.js';

/** This time, or that of the server where it is earlier, milliseconds since the epoch: the clock of a gateway may be ahead. */
export async function earlierNow(sql: Sql, now: number): Promise<number> {
  const text = 'SELECT LEAST($1::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now';
  return (await sql.first<{ now: number }>(text, [now]))?.now ?? now;
}
