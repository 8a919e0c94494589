import type { AuditEntry, AuditRecord } from './audit-record.js';
import type { AuditErasure } from './audit-erasure.js';
import type { ArchivedPart, AuditRetention } from './audit-retention.js';

export interface AuditQuery {
  /** Not before this time: ISO 8601 with zone. */
  readonly from?: string;
  /** Before this time: ISO 8601 with zone. */
  readonly to?: string;
  readonly user?: string;
  readonly recording?: string;
  readonly contactCenter?: string;
  /** Only what comes after this record in the asked order: the last one of the page before. */
  readonly after?: AuditPosition;
  /** At most so many records; all when absent. */
  readonly limit?: number;
  /** `oldest-first` unless told otherwise. */
  readonly order?: 'oldest-first' | 'newest-first';
}

/** The place of a record in the order of time. */
export type AuditPosition = Pick<AuditRecord, 'time' | 'writer' | 'sequence'>;

/** What a writer once vouched for: its record of this number has this hash. Signed and kept apart from the log. */
export interface AuditCheckpoint {
  readonly writer: string;
  readonly sequence: number;
  readonly hash: string;
  /** When it was signed: ISO 8601. */
  readonly time: string;
  /** Of the tree over the chain up to this record (RFC 9162), hexadecimal; absent in checkpoints of before. */
  readonly root?: string;
}

/** How far the chain of a writer goes. */
export interface AuditHead {
  readonly writer: string;
  /** Records, the genesis record included: the last one has this sequence number less one. */
  readonly size: number;
  /** Of the last record. */
  readonly hash: string;
  /** Of the Merkle tree over the hashes of all records (RFC 9162, 2.1.1, SHA-256), hexadecimal. */
  readonly root: string;
}

/** The way from a record to the root of the tree over the first `size` records of its chain. */
export interface AuditInclusion {
  readonly record: AuditRecord;
  readonly size: number;
  /** The nodes beside the way up, the lowest first, hexadecimal (RFC 9162, 2.1.3). */
  readonly path: readonly string[];
}

/** A signed checkpoint in its place in the chain that all checkpoints of a store are. */
export interface StoredCheckpoint {
  /** From 1 on without gaps. */
  readonly number: number;
  readonly writer: string;
  /** Hexadecimal SHA-256 of its text, which the next one names. */
  readonly digest: string;
  /** The signed note. */
  readonly note: string;
}

/**
 * - `malformed`: what is stored is no audit record
 * - `hash-mismatch`: its content is not what was written
 * - `missing`: records before this one, back to `sequence`, are not there
 * - `misplaced`: it was written under another writer or sequence number, so records were exchanged
 * - `broken-link`: it does not continue the record before
 * - `index-mismatch`: the columns it is searched by differ from its content
 * - `rewritten`: it is sound in itself, but not the record that a checkpoint vouches for
 * - `truncated`: a checkpoint vouches for records beyond the end of the chain
 * - `vanished`: a checkpoint vouches for a writer of whom there is no record
 * - `no-genesis`: its first record is not the one that opens a chain
 * - `erased`: the value of a personal field is gone, and no erasure is noted; the chain is sound
 */
export type AuditProblemKind =
  | 'malformed'
  | 'hash-mismatch'
  | 'missing'
  | 'misplaced'
  | 'broken-link'
  | 'index-mismatch'
  | 'rewritten'
  | 'truncated'
  | 'vanished'
  | 'no-genesis'
  | 'erased';

export interface AuditProblem {
  readonly writer: string;
  /** Where the problem is; of `missing` records the first. */
  readonly sequence: number;
  readonly kind: AuditProblemKind;
  /** For people. */
  readonly detail: string;
}

export interface AuditVerification {
  /** Genesis records counted as well. */
  readonly records: number;
  readonly writers: number;
  /** The first 1000 problems, by writer and sequence. */
  readonly problems: readonly AuditProblem[];
  /** How many there are in all. */
  readonly problemCount: number;
}

/** Append-only, one hash chain per writer. A writer's process may stop and continue its chain later. */
export interface AuditLog extends AuditRetention, AuditErasure {
  /**
   * Resolves only when the record is durable. After a rejection by deadline it may still have been written: the log may
   * hold an act that was then refused, never the reverse.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE when it cannot be written in time, RCS_OVERLOADED when too many wait,
   * RCS_SHUTTING_DOWN after close, RCS_INVALID_VALUE when `bytes` is not a whole number.
   */
  append(entry: AuditEntry): Promise<AuditRecord>;

  /**
   * Ordered by time; `user` and `recording` must match exactly.
   * @throws RcsError RCS_INVALID_VALUE for a time or limit that is none, RCS_AUDIT_UNAVAILABLE when it cannot be read.
   */
  query(query?: AuditQuery): AsyncIterable<AuditRecord>;

  /**
   * Reads the whole log in constant memory. A chain cut off at its end, or recomputed from some record on, looks sound in
   * itself: only checkpoints that were kept elsewhere find that.
   * @param archived what is proved of archives; when absent what the store itself says of them.
   */
  verify(checkpoints?: Iterable<AuditCheckpoint>, archived?: ArchivedPart): Promise<AuditVerification>;

  /** The ends of the chains of all writers, by name. @throws RcsError RCS_AUDIT_UNAVAILABLE when they cannot be read. */
  heads(): Promise<readonly AuditHead[]>;

  /**
   * Proves that a record is among the first `size` of its chain.
   * @returns undefined when there is no such record, or the chain is shorter.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE when it cannot be read.
   */
  prove(writer: string, sequence: number, size: number): Promise<AuditInclusion | undefined>;

  /**
   * The next checkpoint of the store, durable when it resolves.
   * @returns false when there is another one of this number: the caller signs anew, after that one.
   */
  addCheckpoint(checkpoint: StoredCheckpoint): Promise<boolean>;

  /** The checkpoints after this number, in their order. */
  checkpoints(after?: number): AsyncIterable<StoredCheckpoint>;

  /** The last checkpoint of all. */
  lastCheckpoint(): Promise<StoredCheckpoint | undefined>;

  /** Writes what waits, then refuses. */
  close(): Promise<void>;
}
