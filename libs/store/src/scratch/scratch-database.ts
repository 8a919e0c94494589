import Database from 'better-sqlite3';

/** Pages that stay in memory; what is more lies in a file without a name, below TMPDIR. */
const cachedKibibytes = 4 * 1024;

/**
 * Tables for one piece of work over more than memory should hold. They are gone when the database is closed, or the process
 * ends in whatever way.
 */
export function openScratchDatabase(schema: string): Database.Database {
  const database = new Database('');
  try {
    database.pragma('temp_store = FILE');
    database.pragma(`cache_size = -${cachedKibibytes}`);
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.exec(schema);
    // Never committed: pages are written when the cache is full, and not after every row.
    database.exec('BEGIN');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
