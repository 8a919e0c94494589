import type Database from 'better-sqlite3';
import type { StoredCheckpoint } from '../../audit/audit-log.js';

const pageSize = 250;
const select = 'SELECT number, writer, digest, note FROM audit_checkpoint';

/** The checkpoints after a number, page by page. */
export function* checkpointsAfter(database: Database.Database, after: number): Generator<readonly StoredCheckpoint[]> {
  const next = database.prepare<[number], StoredCheckpoint>(
    `${select} WHERE number > ? ORDER BY number LIMIT ${pageSize}`,
  );
  for (let page = next.all(after); page.length > 0; page = next.all(page.at(-1)?.number ?? after)) yield page;
}

/** The last of all; undefined before the first. */
export function newestCheckpoint(database: Database.Database): StoredCheckpoint | undefined {
  return database.prepare<[], StoredCheckpoint>(`${select} ORDER BY number DESC LIMIT 1`).get();
}
