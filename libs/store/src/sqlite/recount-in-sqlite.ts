import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openConnection } from './database-connection.js';
import { documentVersions } from './document-versions.js';
import { documentDatabaseName } from './open-sqlite-store.js';
import { needCountTriggers } from './need-count-schema.js';
import { fillRecipientCounts, recipientCountTriggers } from './recipient-count-schema.js';

const busyTimeoutMs = 60_000;

const triggers = recipientCountTriggers + needCountTriggers;

/** Names of the triggers that a recount makes again. */
export const recountedTriggers: ReadonlySet<string> = new Set(
  [...triggers.matchAll(/CREATE TRIGGER (\w+)/g)].map(([, name = '']) => name),
);

/**
 * Counts the recipients of recordings anew, and makes again what keeps the counts. Gateways go on; who writes waits. What is being
 * counted for the removal of a certificate may have missed a change: that removal has to be tried again.
 * @throws Error where there is no such file, or its schema is of another version.
 */
export function recountInSqlite(directory: string): void {
  const file = join(directory, documentDatabaseName);
  if (!existsSync(file)) throw new Error(`${directory} holds no SQLite store: there is no ${documentDatabaseName}`);
  const database = openConnection(file, { busyTimeoutMs });
  try {
    const recount = database.transaction(() => {
      checkVersion(database);
      for (const name of recountedTriggers) database.exec(`DROP TRIGGER IF EXISTS ${name}`);
      for (const table of ['recipient_count', 'recipient_set_count', 'many_recipients', 'need_count', 'changed_need'])
        database.exec(`DELETE FROM ${table}`);
      database.exec(fillRecipientCounts + triggers);
    });
    recount.immediate();
  } finally {
    database.close();
  }
}

/** Triggers of another version would not be those that its gateways, or its next migration, find. */
function checkVersion(database: Database.Database): void {
  const { version, known } = documentVersions(database);
  if (version === known) return;
  const advice =
    version < known
      ? 'start a gateway of this version first, which brings the files up to date'
      : 'recount with the newer one';
  throw new Error(`version ${version}, this program knows ${known}: ${advice}`);
}
