import type Database from 'better-sqlite3';
import { RcsError, type ErrorCode } from '#platform';
import { describeDatabaseFailure } from '../database-failure.js';

/** Reads on the caller's own thread: in write-ahead-log mode a reader waits for nobody, and a lookup takes microseconds. */
export class DatabaseReader {
  constructor(
    readonly database: Database.Database,
    private readonly unavailable: ErrorCode,
  ) {
    database.pragma('query_only = ON');
  }

  /** @throws RcsError with the code of this database when it cannot be read. */
  readNow<T>(query: () => T): T {
    try {
      return query();
    } catch (error) {
      if (error instanceof RcsError) throw error;
      const message = `${this.database.name}: ${describeDatabaseFailure(error)}`;
      throw new RcsError(this.unavailable, message, { cause: error });
    }
  }

  /** The same as a promise. */
  read<T>(query: () => T): Promise<T> {
    return new Promise(resolve => {
      resolve(this.readNow(query));
    });
  }

  close(): void {
    this.database.close();
  }
}
