import { RcsError } from '#platform';
import type { ArchivablePart, ArchivedChain, SealedArchive } from '../audit/audit-retention.js';
import { tileWidth } from '../audit/audit-tree.js';
import { lockName } from './scoped-lock.js';
import type { Sql } from './sql.js';

interface ChainRow {
  readonly writer: string;
  readonly size: number;
  readonly hash: string;
  /** JSON. */
  readonly subtrees: string;
}

/** Of one statement, so that nothing else waits for long. */
const removedAtOnce = 5000;

const chainOf = (row: ChainRow): ArchivedChain => ({ ...row, subtrees: JSON.parse(row.subtrees) as string[] });

const select = 'SELECT writer, size, hash, subtrees FROM audit_archived_chain';

/** How far the chain of a writer lies in archives. */
export async function archivedChain(sql: Sql, writer: string): Promise<ArchivedChain | undefined> {
  const row = await sql.first<ChainRow>(`${select} WHERE writer = $1`, [writer]);
  return row === undefined ? undefined : chainOf(row);
}

export const archivedChains = async (sql: Sql): Promise<readonly ArchivedChain[]> =>
  (await sql.all<ChainRow>(`${select} ORDER BY writer`)).map(chainOf);

/** The archive that comes after a number. One after the other: each has all chains. */
export async function archiveAfter(sql: Sql, number: number): Promise<SealedArchive | undefined> {
  const row = await sql.first<{ number: number; seal: string; chains: string }>(
    'SELECT number, seal, chains FROM audit_archive WHERE number > $1 ORDER BY number LIMIT 1',
    [number],
  );
  return row === undefined ? undefined : { ...row, chains: JSON.parse(row.chains) as ArchivedChain[] };
}

/** The records of each chain before a time, without its last one, which stays. */
export async function archivableParts(sql: Sql, before: string): Promise<readonly ArchivablePart[]> {
  const parts = await sql.all<ArchivablePart>(
    `SELECT c.writer, coalesce(a.size, 0) AS "from", LEAST(coalesce(later.sequence, c.sequence), c.sequence) AS size
     FROM audit_chain AS c LEFT JOIN audit_archived_chain AS a ON a.writer = c.writer
       LEFT JOIN LATERAL (
         SELECT r.sequence FROM audit_record AS r
         WHERE r.writer = c.writer AND r.time >= $1 AND r.sequence >= coalesce(a.size, 0)
         ORDER BY r.sequence LIMIT 1) AS later ON true
     ORDER BY c.writer`,
    [before],
  );
  return parts.filter(({ from, size }) => size > from);
}

/** The time of the oldest record that is not archived and not the last of its chain. */
export async function oldestArchivable(sql: Sql): Promise<string | undefined> {
  const row = await sql.first<{ time: string | null }>(
    `SELECT min(r.time) AS time
     FROM audit_chain AS c LEFT JOIN audit_archived_chain AS a ON a.writer = c.writer
       JOIN audit_record AS r ON r.writer = c.writer AND r.sequence = coalesce(a.size, 0)
     WHERE coalesce(a.size, 0) < c.sequence`,
  );
  return row?.time ?? undefined;
}

/**
 * Notes what lies in an archive. False where there is another archive of this number.
 * @throws RcsError RCS_INVALID_VALUE for an archive that does not continue those before it.
 */
export async function noteArchive(sql: Sql, { number, seal, chains }: SealedArchive): Promise<boolean> {
  await lockName(sql, 'audit archives');
  const last = await sql.first<{ number: number }>('SELECT coalesce(max(number), 0) AS number FROM audit_archive');
  if ((last?.number ?? 0) + 1 !== number) return false;
  const known = await archivedChains(sql);
  let sound = known.every(({ writer }) => chains.some(chain => chain.writer === writer));
  for (const chain of chains) sound &&= await continuesArchives(sql, chain);
  if (!sound) throw new RcsError('RCS_INVALID_VALUE', `archive ${number} does not continue those before it`);
  await sql.run('INSERT INTO audit_archive (number, seal, chains) VALUES ($1, $2, $3)', [
    ...[number, seal, JSON.stringify(chains)],
  ]);
  for (const { writer, size, hash, subtrees } of chains) {
    await sql.run(
      `INSERT INTO audit_archived_chain (writer, size, hash, subtrees) VALUES ($1, $2, $3, $4)
       ON CONFLICT (writer) DO UPDATE SET size = excluded.size, hash = excluded.hash, subtrees = excluded.subtrees`,
      [writer, size, hash, JSON.stringify(subtrees)],
    );
  }
  return true;
}

async function continuesArchives(sql: Sql, { writer, size, hash }: ArchivedChain): Promise<boolean> {
  const before = await archivedChain(sql, writer);
  if (before?.size === size) return before.hash === hash;
  if (size <= (before?.size ?? 0)) return false;
  const row = await sql.first<{ recorded: boolean; stays: boolean; tiles: number }>(
    `SELECT EXISTS (SELECT FROM audit_record WHERE writer = $1 AND sequence = $2 - 1 AND hash = $3) AS recorded,
       EXISTS (SELECT FROM audit_record WHERE writer = $1 AND sequence >= $2) AS stays,
       (SELECT coalesce(max(position) + 1, 0) FROM audit_tile WHERE writer = $1 AND level = 1) AS tiles`,
    [writer, size, hash],
  );
  return row?.recorded === true && row.stays && row.tiles >= Math.floor(size / tileWidth);
}

/** Whether records that lie in archives are still here. */
export async function hasArchivedRecords(sql: Sql): Promise<boolean> {
  const row = await sql.first(
    `SELECT 1 FROM audit_archived_chain AS a WHERE EXISTS (
       SELECT FROM audit_record AS r WHERE r.writer = a.writer AND r.sequence < a.size) LIMIT 1`,
  );
  return row !== undefined;
}

/** Removes some of them. True: there may be more. */
export async function removeArchivedRecords(sql: Sql): Promise<boolean> {
  for (const { writer, size } of await archivedChains(sql)) {
    const removed = await sql.run(
      `DELETE FROM audit_record WHERE writer = $1 AND sequence < $2 AND sequence < (
         SELECT min(sequence) + ${removedAtOnce} FROM audit_record WHERE writer = $1)`,
      [writer, size],
    );
    if (removed > 0) return true;
  }
  return false;
}
