import type Database from 'better-sqlite3';
import { tileWidth } from '../../audit/audit-tree.js';
import { AuditTrees } from '../reading/audit-trees.js';

/** Of one transaction, so that appends wait for milliseconds only: some 4,000 records are read for them. */
const tilesAtOnce = 16;

/**
 * Keeps the nodes of the tree over a writer's chain that are complete and not kept yet, a few at once.
 * @returns whether there are more.
 */
export function keepTiles(database: Database.Database): (writer: string) => boolean {
  const tree = new AuditTrees(database);
  const selectCount = database
    .prepare<[string, number], number>(
      'SELECT coalesce(max(position) + 1, 0) FROM audit_tile WHERE writer = ? AND level = ?',
    )
    .pluck();
  const insert = database.prepare('INSERT INTO audit_tile (writer, level, position, hash) VALUES (?, ?, ?, ?)');

  return writer => {
    let left = tilesAtOnce;
    let below = (tree.head(writer)?.sequence ?? -1) + 1;
    for (let level = 1; below >= tileWidth; level += 1) {
      const kept = selectCount.get(writer, level) ?? 0;
      const complete = Math.floor(below / tileWidth);
      for (let position = kept; position < complete; position += 1) {
        if (left === 0) return true;
        insert.run(writer, level, position, tree.tile(writer, level, position));
        left -= 1;
      }
      below = complete;
    }
    return false;
  };
}
