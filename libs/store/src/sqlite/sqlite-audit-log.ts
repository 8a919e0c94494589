import { setImmediate } from 'node:timers/promises';
import { RcsError } from '#platform';
import type { AuditCheckpoint, AuditLog, AuditQuery, AuditVerification } from '../audit/audit-log.js';
import type { AuditEntry, AuditRecord } from '../audit/audit-record.js';
import { auditEntryFields } from '../audit/audit-entry-fields.js';
import { ChainVerifier } from '../audit/chain-verifier.js';
import { parseStoredRecord, type StoredAuditRecord } from '../audit/stored-audit-record.js';
import { pagesInChainOrder, pagesInTimeOrder, type AuditSelection } from './reading/audit-pages.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { AuditWrites } from './writing/write-operation.js';

export class SqliteAuditLog implements AuditLog {
  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<AuditWrites>,
  ) {}

  async append(entry: AuditEntry): Promise<AuditRecord> {
    return this.writer.write('append', { entry: checkedFields(entry), time: new Date().toISOString() });
  }

  async *query(query: AuditQuery = {}): AsyncIterable<AuditRecord> {
    const selection = checkedSelection(query);
    for await (const page of this.pages(() => pagesInTimeOrder(this.reader.database, selection))) {
      for (const stored of page) yield this.reader.readNow(() => readRecord(stored));
    }
  }

  async verify(checkpoints: readonly AuditCheckpoint[] = []): Promise<AuditVerification> {
    const verifier = new ChainVerifier(checkpoints);
    for await (const page of this.pages(() => pagesInChainOrder(this.reader.database))) {
      for (const stored of page) verifier.accept(stored);
    }
    return verifier.result();
  }

  async close(): Promise<void> {
    await this.writer.close();
    this.reader.close();
  }

  /** Other work of the process has its turn after each page. */
  private async *pages(
    open: () => Generator<readonly StoredAuditRecord[]>,
  ): AsyncIterable<readonly StoredAuditRecord[]> {
    const pages = this.reader.readNow(open);
    for (;;) {
      const page = this.reader.readNow(() => pages.next());
      if (page.done === true) return;
      yield page.value;
      await setImmediate();
    }
  }
}

function readRecord(stored: StoredAuditRecord): AuditRecord {
  try {
    return parseStoredRecord(stored);
  } catch (error) {
    const message = `audit record ${stored.sequence} of ${stored.writer} cannot be read; verify the audit log`;
    throw new RcsError('RCS_AUDIT_UNAVAILABLE', message, { cause: error });
  }
}

function checkedFields(entry: AuditEntry): AuditEntry {
  try {
    return auditEntryFields(entry);
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function checkedSelection({
  from,
  to,
  user,
  recording,
  contactCenter,
  after,
  limit,
  order,
}: AuditQuery): AuditSelection {
  return {
    from: checkedTime('from', from),
    to: checkedTime('to', to),
    user,
    recording,
    contactCenter,
    after,
    limit: checkedLimit(limit),
    newestFirst: order === 'newest-first',
  };
}

function checkedTime(name: string, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const milliseconds = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    const publicDetail = `${name} must be a time such as 2026-01-31T08:00:00.000Z or 2026-01-31T08:00:00.000+0000`;
    throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
  }
  return new Date(milliseconds).toISOString();
}

function checkedLimit(limit: number | undefined): number {
  if (limit === undefined) return Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'limit must be a whole number, 0 or more' });
}
