import { setTimeout } from 'node:timers/promises';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { lockName } from './scoped-lock.js';
import type { Sql } from './sql.js';

/** Whoever wants to write waits as long at most, and the reader whom we wait for goes on. */
const lockTimeoutMs = 200;
const attempts = 5;
const pauseMs = 500;

/** What PostgreSQL says when a lock was not to be had in time. */
const lockNotAvailable = '55P03';

/** Months that are over since a month at least, the oldest first: clocks of writers may differ, by hours and not by weeks. */
const pastMonths = `
  SELECT c.oid::regclass::text AS partition FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'audit_record'::regclass AND c.relname ~ '^audit_record_[0-9]{4}_[0-9]{2}$'
    AND c.relname < 'audit_record_' || to_char(now() AT TIME ZONE 'UTC' - interval '1 month', 'YYYY_MM')
  ORDER BY c.relname`;

/**
 * Drops the partitions of past months that have no record any more: all were archived and removed. The role has to own them.
 * A month that somebody reads all the time stays until the next archive.
 */
export async function dropEmptyMonths(database: PostgresqlDatabase): Promise<void> {
  const months = await database.read(sql => sql.all<{ partition: string }>(pastMonths));
  for (const { partition } of months) {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (await database.transaction(sql => dropWhereEmpty(sql, partition))) break;
      await setTimeout(pauseMs);
    }
  }
}

/**
 * False when the lock was not to be had. Nobody adds to a month while it is locked, and whoever waited for that then finds no
 * partition for their record and has it made again (AuditAppends).
 */
async function dropWhereEmpty(sql: Sql, partition: string): Promise<boolean> {
  // One command at a time.
  await lockName(sql, 'audit months');
  if (!(await isEmpty(sql, partition))) return true;
  await sql.run(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
  try {
    // The table before its partition, as whoever writes or reads locks them; the other partitions need no lock.
    await sql.run('LOCK TABLE ONLY audit_record IN ACCESS EXCLUSIVE MODE');
    await sql.run(`LOCK TABLE ${partition} IN ACCESS EXCLUSIVE MODE`);
  } catch (error) {
    // The transaction has failed, and PostgreSQL rolls it back whatever ends it.
    if ((error as { readonly code?: unknown }).code === lockNotAvailable) return false;
    throw error;
  }
  if (await isEmpty(sql, partition)) await sql.run(`DROP TABLE ${partition}`);
  return true;
}

/** False for one that another command dropped. */
async function isEmpty(sql: Sql, partition: string): Promise<boolean> {
  const row = await sql.first<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [partition]);
  return row?.there === true && (await sql.first(`SELECT 1 FROM ${partition} LIMIT 1`)) === undefined;
}
