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

/**
 * A time of this gateway, milliseconds since the epoch, by the clock of the server where the gateway's is ahead of it: `now`
 * is what the latter says at the moment. An index serves what is compared with it, unlike with `clock_timestamp()`.
 */
export const byServer = (time: string, now: string): string => {
  const serverTime = 'floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint';
  return `GREATEST(0, ${time}::bigint - GREATEST(0, ${now}::bigint - ${serverTime}))`;
};
