import type Database from 'better-sqlite3';
import { describeDatabaseFailure, isBusy, isDatabaseFailure } from '../database-failure.js';
import type { DatabaseFileWatch } from '../database-connection.js';
import {
  WriteRefused,
  type BatchOutcome,
  type WriteOutcome,
  type WriteRequest,
} from '../../group-commit/write-request.js';
import type { WriteHandlers, WriteOperations, WriteTransaction } from './write-operation.js';

export interface WritableDatabase {
  readonly database: Database.Database;
  readonly fileWatch: DatabaseFileWatch;
  readonly handlers: WriteHandlers<WriteOperations, [WriteTransaction]>;
  /** Operations that leave nothing behind when they fail, because the last statement of each is the one that may. */
  readonly undoneBySqlite?: ReadonlySet<string>;
}

/**
 * Carries out batches of writes, each in one transaction and so with one sync of the disk. A connection on which the
 * database failed is dropped and opened again for the next batch, so that writing goes on when the cause is gone.
 */
export class GroupCommit {
  private connection: WritableDatabase | undefined;
  private failed = false;

  constructor(private readonly open: () => WritableDatabase) {}

  /** Durable when it returns. Never throws: a failure is part of the outcome. */
  commit(requests: readonly WriteRequest[]): BatchOutcome {
    try {
      this.connection ??= this.open();
      const { connection } = this;
      const { database } = connection;
      connection.fileWatch.check();
      const transaction = database.transaction(() => {
        const done = carryOutAll(connection, requests);
        // A probe changes nothing, and so would succeed on a full disk.
        if (this.failed) rewriteFirstPage(database);
        return done;
      });
      const outcomes = transaction.immediate();
      this.failed = false;
      return { outcomes };
    } catch (error) {
      if (!isBusy(error)) {
        this.failed = true;
        this.close();
      }
      return { failure: describeDatabaseFailure(error) };
    }
  }

  close(): void {
    const connection = this.connection;
    this.connection = undefined;
    connection?.database.close();
  }
}

/** A write, of what is there already. */
function rewriteFirstPage(database: Database.Database): void {
  database.pragma(`user_version = ${Number(database.pragma('user_version', { simple: true }))}`);
}

/** Each in a savepoint of its own where it needs one, so that a refused write leaves the others of its batch alone. */
function carryOutAll(
  { database, handlers, undoneBySqlite }: WritableDatabase,
  requests: readonly WriteRequest[],
): WriteOutcome[] {
  let transaction: WriteTransaction = {};
  return requests.map(({ name, input }) => {
    const handler = handlers[name];
    if (handler === undefined) return { failure: `there is no write operation ${name}` };
    const carryOut = undoneBySqlite?.has(name) === true ? handler : database.transaction(handler);
    try {
      return { result: carryOut(input, transaction) };
    } catch (error) {
      if (isDatabaseFailure(error)) throw error;
      transaction = {};
      return outcomeOf(error);
    }
  });
}

function outcomeOf(error: unknown): WriteOutcome {
  if (!(error instanceof WriteRefused)) return { failure: describeDatabaseFailure(error) };
  const { code, message, publicDetail } = error;
  return { refusal: { code, message, publicDetail } };
}
