import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { StoredCheckpoint } from '../audit/audit-log.js';
import { auditDatabaseName } from './open-sqlite-store.js';

/** The checkpoints in a backup of a SQLite store, in their order. It stays as it is: whichever version made it, none is migrated. */
export function* backedUpCheckpoints(directory: string): Generator<StoredCheckpoint> {
  const database = new Database(join(directory, auditDatabaseName), { fileMustExist: true });
  try {
    const text = 'SELECT number, writer, digest, note FROM audit_checkpoint ORDER BY number';
    yield* database.prepare<[], StoredCheckpoint>(text).iterate();
  } finally {
    database.close();
  }
}
