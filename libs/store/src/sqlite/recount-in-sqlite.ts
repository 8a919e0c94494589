import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openConnection } from './database-connection.js';
import { documentDatabaseName } from './open-sqlite-store.js';
import { fillRecipientCounts, recipientCountTriggers } from './recipient-count-schema.js';

const busyTimeoutMs = 60_000;

/**
 * Counts the recipients of recordings anew, and makes again what keeps the counts. Gateways go on; who writes waits.
 * @throws Error where there is no such file, or its schema has no counts.
 */
export function recountInSqlite(directory: string): void {
  const file = join(directory, documentDatabaseName);
  if (!existsSync(file)) throw new Error(`${directory} holds no SQLite store: there is no ${documentDatabaseName}`);
  const database = openConnection(file, { busyTimeoutMs });
  try {
    const recount = database.transaction(() => {
      for (const [, name] of recipientCountTriggers.matchAll(/CREATE TRIGGER (\w+)/g))
        database.exec(`DROP TRIGGER IF EXISTS ${name}`);
      database.exec('DELETE FROM recipient_count; DELETE FROM recipient_set_count; DELETE FROM many_recipients');
      database.exec(fillRecipientCounts + recipientCountTriggers);
    });
    recount.immediate();
  } finally {
    database.close();
  }
}
