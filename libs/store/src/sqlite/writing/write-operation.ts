import type { StoredCheckpoint } from '../../audit/audit-log.js';
import type { AuditEntry, AuditRecord } from '../../audit/audit-record.js';
import type { ErasedFields, ForgottenSubject } from '../../audit/audit-erasure.js';
import type { SealedArchive } from '../../audit/audit-retention.js';

/** The writes of one stored thing: name, what goes in, what comes out. Both cross a thread, so they are plain values. */
export type WriteOperations = Readonly<Record<string, { readonly input: unknown; readonly result: unknown }>>;

/** Writes nothing unless the last batch failed, and fails where writing would. */
export type Probe = { probe: { input: null; result: null } };

/** What a record has besides its entry, which whoever appends it knows. */
export type RecordPlace = Omit<AuditRecord, keyof AuditEntry>;

export type ArchiveWrites = {
  /** false: another one has its number. */
  sealArchive: { input: { archive: SealedArchive; entry: AuditEntry; time: string }; result: boolean };
  /** true: there may be more. */
  removeArchived: { input: null; result: boolean };
};

export type AuditErasureWrites = {
  forgetSubject: { input: ForgottenSubject; result: null };
  /** false: nothing is left to do. */
  forgetNext: { input: readonly ForgottenSubject[] | null; result: boolean };
  eraseAgain: { input: readonly Omit<ErasedFields, 'number'>[]; result: number };
};

export type AuditWrites = Probe &
  ArchiveWrites &
  AuditErasureWrites & {
    append: { input: { entry: AuditEntry; time: string }; result: RecordPlace };
    /** Of the tree over this writer's chain; true: there are more. */
    keepTiles: { input: string; result: boolean };
    /** false: another one has its number. */
    addCheckpoint: { input: StoredCheckpoint; result: boolean };
  };

/** Stands for the transaction of a batch, until something in it is undone: what was read under one is true as long as it is the same. */
export type WriteTransaction = object;

/** How each operation is carried out, inside the transaction of its batch. It may throw `WriteRefused`. */
export type WriteHandlers<Operations extends WriteOperations, Known extends readonly unknown[] = []> = {
  readonly [Name in keyof Operations]: (
    input: Operations[Name]['input'],
    ...known: Known
  ) => Operations[Name]['result'];
};
