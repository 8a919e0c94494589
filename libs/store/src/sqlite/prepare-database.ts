import { setTimeout } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { createDatabaseFile, openConnection, useWriteAheadLog } from './database-connection.js';
import { isBusy } from './database-failure.js';
import { migrateSchema, type SchemaMigration } from './schema-migration.js';

const busyTimeoutMs = 100;
const attempts = 50;
const pauseMs = 100;

/** What is decided when a file is made, and stays. */
export interface FileLayout {
  /** Bytes of a page, a power of two; that of SQLite (4096) when absent. */
  readonly pageBytes?: number;
}

/**
 * Creates the file when it is not there, brings its schema up to date and returns a connection to it. Other processes
 * may be doing the same at this moment: what they have locked is tried again for about ten seconds.
 */
export async function prepareDatabase(
  file: string,
  migrations: readonly SchemaMigration[],
  layout: FileLayout = {},
): Promise<Database.Database> {
  createDatabaseFile(file);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return openMigrated(file, migrations, layout);
    } catch (error) {
      if (!isBusy(error) || attempt === attempts) throw error;
    }
    await setTimeout(pauseMs);
  }
}

function openMigrated(
  file: string,
  migrations: readonly SchemaMigration[],
  { pageBytes }: FileLayout,
): Database.Database {
  const database = openConnection(file, { busyTimeoutMs });
  try {
    if (pageBytes !== undefined) database.pragma(`page_size = ${pageBytes}`);
    useWriteAheadLog(database);
    migrateSchema(database, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
