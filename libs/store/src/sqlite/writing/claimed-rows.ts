import type Database from 'better-sqlite3';
import type { RemovalClaim } from '../../removal/removal-store.js';

/** A table of what is to be done about recordings, each row at its time. */
export interface DueTable {
  readonly table: string;
  /** Its primary key, which begins with `recording_id`. */
  readonly key: string;
  /** What is answered of a row. */
  readonly columns: string;
}

/** Takes rows whose time has come, of all recordings or of one, and puts their next time off. */
export class ClaimedRows<Row> {
  private readonly ofAll;
  private readonly ofOne;

  constructor(database: Database.Database, { table, key, columns }: DueTable) {
    const claim = (which: string): string =>
      `UPDATE ${table} SET next_attempt = @leaseUntil WHERE (${key}) IN (
         SELECT ${key} FROM ${table} WHERE ${which} ORDER BY next_attempt LIMIT @limit)
       RETURNING ${columns}`;
    this.ofAll = database.prepare<[Omit<RemovalClaim, 'recordingId'>], Row>(claim('next_attempt <= @now'));
    // However many others are due.
    this.ofOne = database.prepare<[RemovalClaim], Row>(claim('recording_id = @recordingId AND +next_attempt <= @now'));
  }

  claim(claim: RemovalClaim): Row[] {
    return claim.recordingId === undefined ? this.ofAll.all(claim) : this.ofOne.all(claim);
  }
}
