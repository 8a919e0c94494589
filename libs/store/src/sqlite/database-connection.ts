import { closeSync, openSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DatabaseFileLost } from './database-failure.js';

export interface ConnectionOptions {
  /** How long to wait for another process's lock, in milliseconds. The waiting blocks the thread. */
  readonly busyTimeoutMs: number;
}

/**
 * Makes the file, if it is not there, readable by its owner alone; SQLite gives its -wal and -shm files the same mode. A
 * file that is there is not touched: closing it would drop the POSIX locks of every SQLite connection of this process.
 */
export function createDatabaseFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Opens an existing file. Commits are durable when they return: `synchronous = FULL` syncs the write-ahead log with
 * every commit.
 */
export function openConnection(file: string, options: ConnectionOptions): Database.Database {
  const database = new Database(file, { fileMustExist: true, timeout: options.busyTimeoutMs });
  try {
    database.pragma('foreign_keys = ON');
    database.pragma('synchronous = FULL');
    // What is removed leaves no bytes behind in the file.
    database.pragma('secure_delete = ON');
    database.pragma('journal_size_limit = 67108864');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Write-ahead log: readers never wait for a writer. A file system without shared memory cannot do it. */
export function useWriteAheadLog(database: Database.Database): void {
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') {
    throw new Error(`${database.name} lies on a file system without shared memory; put the store on a local disk`);
  }
}

/** Notices that the file at the path was moved, deleted or replaced, when writing on would write into the void. */
export class DatabaseFileWatch {
  private readonly identity: string;

  constructor(private readonly file: string) {
    this.identity = fileIdentity(file);
  }

  /** @throws DatabaseFileLost */
  check(): void {
    if (fileIdentity(this.file) !== this.identity) {
      throw new DatabaseFileLost(`${this.file} was moved, deleted or replaced while it was in use`);
    }
  }
}

function fileIdentity(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? 'none' : `${stats.dev}:${stats.ino}`;
}
