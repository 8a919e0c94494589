import { setTimeout } from 'node:timers/promises';
import { Client, types } from 'cassandra-driver';
import { RcsError, withDeadline } from '#platform';
import type { CassandraOptions } from './cassandra-options.js';
import { clientOptions } from './client-options.js';
import { describeCassandraProblem, isPassing } from './cassandra-problem.js';

const retryAfterMs = 1000;
const pauseMs = 50;
const what = 'Cassandra';

export type CassandraValue = string | number | boolean | Buffer | null | readonly string[] | types.Long;

/** A statement with its values. */
export type Statement = readonly [text: string, values: readonly CassandraValue[]];

/**
 * Reads and writes with a deadline. Every statement is carried out by a majority of all replicas (QUORUM), so that whoever
 * reads afterwards, anywhere, finds what was written; conditions are decided by a majority, too (SERIAL).
 */
export class CassandraDatabase {
  private readonly client: Client;
  private closed = false;

  constructor(private readonly options: CassandraOptions) {
    this.client = new Client({ ...clientOptions(options), keyspace: options.keyspace });
  }

  /** @throws the driver's errors. */
  async connect(): Promise<void> {
    await withDeadline(this.client.connect(), this.options.deadlineMs, 'a connection to Cassandra');
  }

  /**
   * A piece of work that may be carried out again from its beginning: that happens, within the deadline, when nodes are
   * away, busy or do not answer.
   * @throws RcsError RCS_STORE_UNAVAILABLE when the time is over, and what `work` throws.
   */
  async operation<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) throw new RcsError('RCS_SHUTTING_DOWN', `${what} is closed`);
    try {
      const { deadlineMs } = this.options;
      return await withDeadline(this.repeated(work), deadlineMs, `an operation of ${what}`, 'RCS_STORE_UNAVAILABLE');
    } catch (error) {
      throw translated(error);
    }
  }

  /** A statement inside an operation. */
  async run(...[text, values]: Statement): Promise<types.ResultSet> {
    return this.client.execute(text, values, { prepare: true });
  }

  async first(...statement: Statement): Promise<types.Row | undefined> {
    return (await this.run(...statement)).rows[0];
  }

  /** A lightweight transaction: whether its condition held. */
  async runIf(...statement: Statement): Promise<boolean> {
    return (await this.run(...statement)).wasApplied();
  }

  /** What the last lightweight transaction decided, also one that nobody has finished. */
  async firstDecided(...[text, values]: Statement): Promise<types.Row | undefined> {
    const result = await this.client.execute(text, values, {
      prepare: true,
      consistency: types.consistencies.serial,
    });
    return result.rows[0];
  }

  async close(): Promise<void> {
    this.closed = true;
    await withDeadline(this.client.shutdown(), this.options.deadlineMs, `the end of the connections to ${what}`);
  }

  private async repeated<T>(work: () => Promise<T>): Promise<T> {
    const end = performance.now() + this.options.deadlineMs;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (this.closed || !isPassing(error) || performance.now() + pauseMs >= end) throw error;
      }
      await setTimeout(pauseMs);
    }
  }
}

function translated(error: unknown): RcsError {
  if (error instanceof RcsError) {
    if (error.code !== 'RCS_STORE_UNAVAILABLE') return error;
    return new RcsError('RCS_STORE_UNAVAILABLE', error.message, { cause: error, retryAfterMs });
  }
  const message = `${what}: ${describeCassandraProblem(error)}`;
  const code = isPassing(error) ? 'RCS_STORE_UNAVAILABLE' : 'RCS_INTERNAL';
  return new RcsError(code, message, { cause: error, ...(isPassing(error) ? { retryAfterMs } : {}) });
}
