import type { AuditEntry } from './audit-record.js';
import type { StoredAuditRecord } from './stored-audit-record.js';

/** The beginning of a chain that lies in archives. */
export interface ArchivedChain {
  readonly writer: string;
  /** How many records of it, from the first on. */
  readonly size: number;
  /** Of the last of them. */
  readonly hash: string;
  /** The nodes above the perfect subtrees over them, from left to right, hexadecimal (RFC 9162, 2.1.1). */
  readonly subtrees: readonly string[];
}

/** What was archived, and who vouches for it. */
export interface SealedArchive {
  /** From 1 on without gaps. */
  readonly number: number;
  /** An operator's signed statement. */
  readonly seal: string;
  /** How far all chains lie in archives, this one included, by writer. */
  readonly chains: readonly ArchivedChain[];
}

/** Records of one chain that can be archived: `from` is the first, `size` the number of the first that stays. */
export interface ArchivablePart {
  readonly writer: string;
  readonly from: number;
  readonly size: number;
}

/** What is known of the archives of a log when it is verified. */
export interface ArchivedPart {
  /** Where the chains of the store may begin. */
  readonly chains: readonly ArchivedChain[];
  /** Of the archives that are at hand, by writer and sequence. */
  readonly records?: AsyncIterable<StoredAuditRecord>;
}

/** How records leave the store: they are copied, the copy is sealed, and then they go. */
export interface AuditRetention {
  /**
   * What was recorded before a time (ISO 8601) and is not archived. The last record of each chain always stays, so that
   * its writer can continue it.
   */
  archivable(before: string): Promise<readonly ArchivablePart[]>;

  /** The time of the oldest record that could be archived; undefined when there is none. */
  oldestArchivable(): Promise<string | undefined>;

  /** Records as they are stored, by writer and sequence. */
  stored(parts: readonly ArchivablePart[]): AsyncIterable<StoredAuditRecord>;

  /**
   * Notes that records lie in an archive, and records that; durable when it resolves. From then on they may be removed.
   * @returns false when there is another archive of this number.
   * @throws RcsError RCS_INVALID_VALUE for an archive that does not continue those before it.
   */
  seal(archive: SealedArchive, entry: AuditEntry): Promise<boolean>;

  /** All sealed archives, in their order. */
  archives(): AsyncIterable<SealedArchive>;

  /** Whether records that lie in sealed archives are still here, too. */
  hasArchived(): Promise<boolean>;

  /** Removes the records that lie in sealed archives, a few at a time. It may be broken off and called again. */
  removeArchived(): Promise<void>;
}
