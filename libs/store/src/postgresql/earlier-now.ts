import type { Sql } from './sql.js';

const serverNow = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** This time, or that of the server where it is earlier, milliseconds since the epoch: the clock of a gateway may be ahead. */
export async function earlierNow(sql: Sql, now: number): Promise<number> {
  return (await sql.first<{ now: number }>(`SELECT LEAST($1::bigint, ${serverNow}) AS now`, [now]))?.now ?? now;
}

/**
 * The time that this parameter says, unless that is later than any pause or lease is long: a gateway whose clock is ahead
 * would keep all others from what it names.
 */
export const soon = (parameter: string): string => `LEAST(${parameter}::bigint, ${serverNow} + 12 * 3600000)`;
