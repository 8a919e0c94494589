import type Database from 'better-sqlite3';
import type { ArchivablePart, ArchivedChain, SealedArchive } from '../../audit/audit-retention.js';

interface ChainRow {
  readonly writer: string;
  readonly size: number;
  readonly hash: string;
  /** JSON. */
  readonly subtrees: string;
}

interface ArchiveRow {
  readonly number: number;
  readonly seal: string;
  /** JSON. */
  readonly chains: string;
}

const chainOf = (row: ChainRow): ArchivedChain => ({ ...row, subtrees: JSON.parse(row.subtrees) as string[] });

/** What an audit database says of its archives, and what could be archived. */
export class ArchivedChains {
  private readonly selectChain: Database.Statement<[string], ChainRow>;
  private readonly selectFrom: Database.Statement<[string, string, number], number>;
  private readonly selectTime: Database.Statement<[string, number], string>;

  constructor(private readonly database: Database.Database) {
    this.selectChain = database.prepare<[string], ChainRow>('SELECT * FROM audit_archived_chain WHERE writer = ?');
    this.selectFrom = database
      .prepare<[string, string, number], number>(
        'SELECT sequence FROM audit_record WHERE writer = ? AND time >= ? AND sequence >= ? ORDER BY sequence LIMIT 1',
      )
      .pluck();
    this.selectTime = database
      .prepare<[string, number], string>('SELECT time FROM audit_record WHERE writer = ? AND sequence = ?')
      .pluck();
  }

  of(writer: string): ArchivedChain | undefined {
    const row = this.selectChain.get(writer);
    return row === undefined ? undefined : chainOf(row);
  }

  all(): readonly ArchivedChain[] {
    return this.database.prepare<[], ChainRow>('SELECT * FROM audit_archived_chain ORDER BY writer').all().map(chainOf);
  }

  /** One after the other: each has all chains. */
  archiveAfter(number: number): SealedArchive | undefined {
    const row = this.database
      .prepare<[number], ArchiveRow>(
        'SELECT number, seal, chains FROM audit_archive WHERE number > ? ORDER BY number LIMIT 1',
      )
      .get(number);
    return row === undefined ? undefined : { ...row, chains: JSON.parse(row.chains) as ArchivedChain[] };
  }

  /** The records of a writer before a time; `last` is the number of its last record, which stays. */
  archivable(writer: string, last: number, before: string): ArchivablePart | undefined {
    const from = this.of(writer)?.size ?? 0;
    const size = Math.min(this.selectFrom.get(writer, before, from) ?? last, last);
    return size > from ? { writer, from, size } : undefined;
  }

  /** The time of the first record of a writer that is not archived, where that is not its last one. */
  oldest(writer: string, last: number): string | undefined {
    const from = this.of(writer)?.size ?? 0;
    return from < last ? this.selectTime.get(writer, from) : undefined;
  }

  hasRecords(): boolean {
    const row = this.database
      .prepare(
        'SELECT 1 FROM audit_archived_chain AS a WHERE EXISTS ' +
          '(SELECT 1 FROM audit_record AS r WHERE r.writer = a.writer AND r.sequence < a.size) LIMIT 1',
      )
      .get();
    return row !== undefined;
  }
}
