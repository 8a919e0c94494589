import type Database from 'better-sqlite3';
import { openScratchDatabase } from '../scratch/scratch-database.js';
import type { AuditCheckpoint } from './audit-log.js';

/** What checkpoints say of one record. */
export interface VouchedRecord {
  readonly sequence: number;
  /** No hash at all where two checkpoints say different things: no record can have both. */
  readonly hash: string;
  readonly root: string | null;
}

/** A chain that ends before the last record that a checkpoint vouches for. */
export interface ShortChain {
  readonly writer: string;
  /** Of its last record; -1 when it has none. */
  readonly end: number;
  /** Of the last record that is vouched for. */
  readonly sequence: number;
  /** When that was signed. */
  readonly time: string;
}

const schema = `
  CREATE TABLE vouched (
    writer TEXT NOT NULL, sequence INTEGER NOT NULL, hash TEXT NOT NULL, root TEXT, time TEXT NOT NULL,
    PRIMARY KEY (writer, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE chain_end (writer TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
`;

/** All records for which checkpoints vouch, and how far the chains of the log go; memory does not grow with either. */
export class VouchedRecords {
  private readonly database = openScratchDatabase(schema);
  private readonly selectNext: Database.Statement<[string, number], VouchedRecord>;
  private readonly insertEnd: Database.Statement<[string, number]>;

  constructor(checkpoints: Iterable<AuditCheckpoint>) {
    const insert = this.database.prepare<[string, number, string, string | null, string]>(
      // One root is as good as another: what differs from the records is found either way.
      'INSERT INTO vouched VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ' +
        "hash = iif(hash = excluded.hash, hash, ''), root = coalesce(excluded.root, root)",
    );
    for (const { writer, sequence, hash, root, time } of checkpoints) {
      insert.run(writer, sequence, hash, root ?? null, time);
    }
    this.selectNext = this.database.prepare<[string, number], VouchedRecord>(
      'SELECT sequence, hash, root FROM vouched WHERE writer = ? AND sequence >= ? ORDER BY sequence LIMIT 1',
    );
    this.insertEnd = this.database.prepare<[string, number]>(
      'INSERT INTO chain_end VALUES (?, ?) ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)',
    );
  }

  /** The first record of a chain from this number on for which a checkpoint vouches. */
  next(writer: string, sequence: number): VouchedRecord | undefined {
    return this.selectNext.get(writer, sequence);
  }

  /** A record of a chain that is there, of the highest number so far. */
  noteEnd(writer: string, sequence: number): void {
    this.insertEnd.run(writer, sequence);
  }

  /** By writer. */
  shortChains(): IterableIterator<ShortChain> {
    return this.database
      .prepare<[], ShortChain>(
        `SELECT v.writer, max(v.sequence) AS sequence, v.time, coalesce(e.sequence, -1) AS "end"
         FROM vouched AS v LEFT JOIN chain_end AS e ON e.writer = v.writer
         GROUP BY v.writer HAVING max(v.sequence) > coalesce(e.sequence, -1) ORDER BY v.writer`,
      )
      .iterate();
  }

  close(): void {
    this.database.close();
  }
}
