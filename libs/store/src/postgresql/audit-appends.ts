import { describeError } from '#platform';
import type { ChainHead, SealedRecord } from '../audit/audit-chain.js';
import type { BatchOutcome, WriteRequest } from '../group-commit/write-request.js';
import { headOf, isWritten, sealAfter, writeAfter, type TimedEntry } from './audit-chain-rows.js';
import type { AuditMonths } from './audit-months.js';
import { isMissingPartition } from './database-problem.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

/** Of two processes under one name one waits for the other now and then. */
const attempts = 100;

/**
 * Continues the chain of one writer, a batch in one statement and so with one commit. The end of the chain is remembered, and
 * the statement writes nothing where it is another one: two processes started under the same name by mistake then share one
 * sound chain. A statement that was not answered is sent again as it was; where it had been carried out, its records are there.
 */
export class AuditAppends {
  private head: ChainHead | undefined;

  constructor(
    private readonly database: PostgresqlDatabase,
    private readonly months: AuditMonths,
    private readonly writer: string,
  ) {}

  /** Durable when it resolves. Never rejects: a failure is part of the outcome. */
  async commit(requests: readonly WriteRequest[]): Promise<BatchOutcome> {
    try {
      const sealed = await this.append(requests.map(({ input }) => input as TimedEntry));
      return { outcomes: sealed.map(({ record }) => ({ result: record })) };
    } catch (error) {
      this.head = undefined;
      this.months.forget();
      return { failure: describeError(error) };
    }
  }

  private async append(entries: readonly TimedEntry[]): Promise<readonly SealedRecord[]> {
    const { writer } = this;
    await this.months.prepare(entries.map(({ time }) => time));
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const head = this.head ?? (await this.database.read(sql => headOf(sql, writer)));
      const sealed = sealAfter(writer, head, entries);
      const last = sealed.at(-1);
      const written = await this.database
        .read(
          async sql =>
            (await writeAfter(sql, writer, head, sealed)) || (last !== undefined && (await isWritten(sql, last))),
        )
        .catch((error: unknown) => this.monthAgain(entries, error));
      this.head = written ? last?.record : undefined;
      if (written) return sealed.slice(-entries.length);
    }
    throw new Error(`other processes write under the name ${writer}`);
  }

  /** A month that was known may have been archived and dropped meanwhile. False: nothing is written yet. */
  private async monthAgain(entries: readonly TimedEntry[], error: unknown): Promise<false> {
    if (!isMissingPartition(error)) throw error;
    this.months.forget();
    await this.months.prepare(entries.map(({ time }) => time));
    return false;
  }
}
