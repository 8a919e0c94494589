import { setTimeout } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { RcsError, withDeadline, type ErrorCode } from '#platform';
import { describeDatabaseProblem, isConflict, isConnectionProblem, isValueProblem } from './database-problem.js';
import type { PostgresqlOptions } from './postgresql-options.js';
import { PrimaryPool } from './primary-pool.js';
import { beginReadCommitted, sqlOn, type Sql } from './sql.js';

const retryAfterMs = 1000;
const pauseMs = 50;

export interface DatabaseRole {
  /** What is kept there, for messages: "the store". */
  readonly what: string;
  readonly unavailable: ErrorCode;
  readonly connections: number;
}

/** Reads and writes with a deadline. What a lost server left undone is done again on the one that comes after it. */
export class PostgresqlDatabase {
  private readonly pool: PrimaryPool;
  private closed = false;

  constructor(
    private readonly options: PostgresqlOptions,
    private readonly role: DatabaseRole,
  ) {
    this.pool = new PrimaryPool(options, role.connections);
  }

  /**
   * Statements that may be carried out twice, each by itself.
   * @throws RcsError the code of the role; RCS_INTERNAL for a value that the database refuses.
   */
  read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.withinDeadline(() => this.onConnection(client => work(sqlOn(client))));
  }

  /**
   * One transaction, durable when it resolves; it may run several times until it is committed, and never after a
   * commit whose outcome nobody knows. Each statement sees what was committed before it (READ COMMITTED).
   * @throws RcsError as `read`, RCS_SHUTTING_DOWN after close, and what `work` throws.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new RcsError('RCS_SHUTTING_DOWN', `${this.role.what} is closed`));
    return this.withinDeadline(() => this.onConnection(client => inTransaction(client, work)));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.pool.close();
  }

  private async withinDeadline<T>(attempt: () => Promise<T>): Promise<T> {
    const { deadlineMs } = this.options;
    const { what, unavailable } = this.role;
    try {
      return await withDeadline(this.repeated(attempt), deadlineMs, `an operation of ${what}`, unavailable);
    } catch (error) {
      throw this.translated(error);
    }
  }

  private async repeated<T>(attempt: () => Promise<T>): Promise<T> {
    const end = performance.now() + this.options.deadlineMs;
    for (;;) {
      try {
        if (this.closed) throw new RcsError(this.role.unavailable, `${this.role.what} is closed`);
        return await attempt();
      } catch (error) {
        const mayRepeat = isConflict(error) || (isConnectionProblem(error) && !(error instanceof UnknownOutcome));
        if (!mayRepeat || performance.now() + pauseMs >= end) throw error;
      }
      await setTimeout(pauseMs);
    }
  }

  private async onConnection<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let failure: unknown;
    try {
      return await use(client);
    } catch (error) {
      failure = error instanceof UnknownOutcome ? error.cause : error;
      throw error;
    } finally {
      this.pool.release(client, failure);
      if (failure !== undefined && isConnectionProblem(failure)) this.pool.lost();
    }
  }

  private translated(error: unknown): RcsError {
    const { what, unavailable } = this.role;
    if (error instanceof RcsError) {
      return error.code === unavailable
        ? new RcsError(unavailable, error.message, { cause: error, retryAfterMs })
        : error;
    }
    const message = `${what}: ${describeDatabaseProblem(error)}`;
    if (isValueProblem(error)) return new RcsError('RCS_INTERNAL', message, { cause: error });
    return new RcsError(unavailable, message, { cause: error, retryAfterMs });
  }
}

/** The connection was lost while a transaction was committed. */
class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';
}

async function inTransaction<T>(client: PoolClient, work: (sql: Sql) => Promise<T>): Promise<T> {
  await client.query(beginReadCommitted);
  let result: T;
  try {
    result = await work(sqlOn(client));
  } catch (error) {
    if (!isConnectionProblem(error)) await client.query('ROLLBACK');
    throw error;
  }
  try {
    await client.query('COMMIT');
  } catch (error) {
    throw new UnknownOutcome(`the commit was not answered: ${describeDatabaseProblem(error)}`, { cause: error });
  }
  return result;
}
