import Database from 'better-sqlite3';
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
      throw this.failure(error);
    }
  }

  /** The same as a promise. */
  read<T>(query: () => T): Promise<T> {
    return new Promise(resolve => {
      resolve(this.readNow(query));
    });
  }

  /**
   * Reads on a connection of its own, all in one moment, however long it takes: `query` gives others their turn in between.
   * @throws RcsError as `readNow`
   */
  async readAtLength<T>(query: (database: Database.Database) => Promise<T>): Promise<T> {
    const database = this.readNow(() => new Database(this.database.name, { readonly: true, fileMustExist: true }));
    try {
      database.exec('BEGIN');
      return await query(database);
    } catch (error) {
      throw this.failure(error);
    } finally {
      database.close();
    }
  }

  close(): void {
    this.database.close();
  }

  private failure(error: unknown): RcsError {
    if (error instanceof RcsError) return error;
    const message = `${this.database.name}: ${describeDatabaseFailure(error)}`;
    return new RcsError(this.unavailable, message, { cause: error });
  }
}
