import { AuditTree, tileWidth, type TreeSteps } from '../audit/audit-tree.js';
import { leafOfRecord } from '../audit/merkle-tree.js';
import { archivedChain } from './audit-archives.js';
import { headOf } from './audit-chain-rows.js';
import type { Sql } from './sql.js';

/** Of one transaction: some 16,000 records are read for them. */
const tilesAtOnce = 64;

/** Carries out a computation on the tree over a writer's chain. */
export async function onTree<T>(sql: Sql, writer: string, begin: (tree: AuditTree) => TreeSteps<T>): Promise<T> {
  const steps = begin(new AuditTree(writer, await archivedChain(sql, writer)));
  let step = steps.next();
  while (step.done !== true) {
    const { level, from, end } = step.value;
    step = steps.next(level === 0 ? await leaves(sql, writer, from, end) : await tiles(sql, writer, level, from, end));
  }
  return step.value;
}

async function leaves(sql: Sql, writer: string, from: number, end: number): Promise<readonly Buffer[]> {
  const text = 'SELECT hash FROM audit_record WHERE writer = $1 AND sequence >= $2 AND sequence < $3 ORDER BY sequence';
  return (await sql.all<{ hash: string }>(text, [writer, from, end])).map(({ hash }) => leafOfRecord(hash));
}

async function tiles(sql: Sql, writer: string, level: number, from: number, end: number): Promise<readonly Buffer[]> {
  const text = `SELECT hash FROM audit_tile WHERE writer = $1 AND level = $2 AND position >= $3 AND position < $4
                ORDER BY position`;
  return (await sql.all<{ hash: Buffer }>(text, [writer, level, from, end])).map(({ hash }) => hash);
}

/** Keeps nodes of the tree that are complete and not kept yet, a few at once. True: there are more. */
export async function keepTiles(sql: Sql, writer: string): Promise<boolean> {
  const count = 'SELECT coalesce(max(position) + 1, 0) AS kept FROM audit_tile WHERE writer = $1 AND level = $2';
  let left = tilesAtOnce;
  let below = (await headOf(sql, writer)).sequence + 1;
  for (let level = 1; below >= tileWidth; level += 1) {
    const kept = (await sql.first<{ kept: number }>(count, [writer, level]))?.kept ?? 0;
    const complete = Math.floor(below / tileWidth);
    for (let position = kept; position < complete; position += 1) {
      if (left === 0) return true;
      const node = await onTree(sql, writer, tree => tree.tile(level, position));
      // Another process may keep the same one at the same time.
      await sql.run('INSERT INTO audit_tile VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
        ...[writer, level, position, node],
      ]);
      left -= 1;
    }
    below = complete;
  }
  return false;
}
