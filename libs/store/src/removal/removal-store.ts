import type { MediaDescriptor, Recording } from '../recordings/recording.js';
import type { ClaimedLocation } from '../recordings/recording-store.js';

/** Why a recording goes: an operator deleted it, its time of retention is over, or its subject must be forgotten. */
export type RemovalKind = 'deleted' | 'expired' | 'erased';

/**
 * That a recording is to go. `unmounted`: it lay in an archive, which stays as it is; nothing is kept of its having been here,
 * and it may come back.
 */
export interface RemovalOrder {
  readonly recordingId: string;
  /** Of which the recording must be. */
  readonly contactCenter: string;
  readonly kind: RemovalKind | 'unmounted';
  readonly user: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly time: string;
}

/**
 * `removed`: nothing is left in the store. `partly`: what nothing holds is gone. `kept`: everything is held or protected. Of
 * the latter two an erasure waits until it may be finished. `unknown`: the contact center has no such recording.
 */
export type RemovalOutcome = 'removed' | 'partly' | 'kept' | 'unknown';

/** A stored file whose metadata is gone, and that must go as well. */
export interface RemovedMedia {
  readonly recordingId: string;
  readonly mediaId: string;
  readonly contactCenter: string;
  readonly mediaDescriptor: MediaDescriptor;
  /** How often it could not be removed. */
  readonly attempts: number;
  /** Why not, the last time. */
  readonly reason?: string;
}

/** What went once, and must not come back with a backup. It says nothing about anybody. */
export interface LedgerEntry {
  /** From 1 on, in the order of the removals. */
  readonly number: number;
  readonly recordingId: string;
  /** Absent: the whole recording. */
  readonly mediaId?: string;
  readonly contactCenter: string;
  readonly kind: RemovalKind;
  /** ISO 8601. */
  readonly time: string;
}

/** A removed recording that lies there all the same, hidden: its database was restored from a backup. */
export interface BroughtBack {
  readonly entry: LedgerEntry;
  readonly recording: Recording;
}

/** Rows for one worker at a time: whoever claims them has them until `leaseUntil`. Milliseconds since the epoch. */
export interface RemovalClaim {
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
  /** Only what belongs to this recording. */
  readonly recordingId?: string;
}

/**
 * Takes recordings out of the store. Metadata, envelopes, pins and the ledger's entry change in one transaction; the stored
 * files follow from what that transaction left behind, whoever dies in between. Every method rejects with
 * RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface RemovalStore {
  /**
   * Durable when it resolves. From then on the recording's id is refused at insertion.
   * @param locations of those media files that lie in a storage of the configuration.
   * @throws RcsError RCS_RECORDING_PROTECTED, RCS_RECORDING_HELD for a deletion, or an unmounting, of what must be kept: nothing is removed.
   */
  remove(order: RemovalOrder, locations: readonly ClaimedLocation[]): Promise<RemovalOutcome>;

  /** Whether a recording of this id was removed, of whichever contact center. */
  hasRemoved(recordingId: string): Promise<boolean>;

  /** Which of these the ledger does not have: a store restored from a backup. */
  notInLedger(entries: readonly LedgerEntry[]): Promise<readonly LedgerEntry[]>;

  /** Removes again what a backup brought back, whatever holds it, and keeps it in the ledger. False where nothing was there. */
  replay(entry: Omit<LedgerEntry, 'number'>, locations: readonly ClaimedLocation[]): Promise<boolean>;

  /** Stored files that are due. */
  claimMedia(claim: RemovalClaim): Promise<readonly RemovedMedia[]>;

  /** Whether a stored file of this recording is still to be removed. */
  hasPendingMedia(recordingId: string): Promise<boolean>;

  /** Whether a recording that is there names this place. */
  isNamed(location: string): Promise<boolean>;

  /** Nothing of it is left in the storage. */
  noteMediaGone(recordingId: string, mediaId: string): Promise<void>;

  postponeMedia(recordingId: string, mediaId: string, reason: string, nextAttempt: number): Promise<void>;

  /** Erasures that waited and may be tried again. */
  claimErasures(claim: RemovalClaim): Promise<readonly RemovalOrder[]>;

  postponeErasure(recordingId: string, nextAttempt: number): Promise<void>;

  /** Of all contact centers, or of one: stored files that are still there, the oldest trouble first. */
  pendingMedia(contactCenter: string | undefined, limit: number): Promise<readonly RemovedMedia[]>;

  /** What went, behind this number, in the order of the numbers. */
  ledger(after: number, limit: number): Promise<readonly LedgerEntry[]>;

  /**
   * What a restored backup brought back, found along the ledger behind this number, so many entries at a time. `next` is
   * where to go on; absent: that was all.
   */
  broughtBack(
    after: number,
    limit: number,
  ): Promise<{ readonly recordings: readonly BroughtBack[]; readonly next?: number }>;

  /** Overwrites what the database still has of removed rows outside its tables, as far as it can now. False: try again. */
  scrub(): Promise<boolean>;
}
