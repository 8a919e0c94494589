import type { UseQuestion } from '../certificates/certificate-store.js';

/**
 * `making`: nothing of its manifest has left, so nobody has it as a whole. `sealed`: it may have. `whole`: all of it was sent, or
 * it lies in a storage. `broken-off`: it ended behind its seal, and whether the receiver has all of it nobody knows.
 */
export const keptArchiveStates = ['making', 'sealed', 'whole', 'broken-off'] as const;
export type KeptArchiveState = (typeof keptArchiveStates)[number];

/** An archive as it is begun. Times are ISO 8601. */
export interface BegunArchive {
  readonly id: string;
  readonly contactCenter: string;
  readonly begunAt: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** Whom its envelopes were re-wrapped for: the SHA-256 of the certificate, and its subject. */
  readonly recipient?: { readonly fingerprint: string; readonly subject: string };
  /** The job, and which of its parts this is. */
  readonly job?: { readonly id: string; readonly part: number };
}

/** An archive that was made here and may be opened somewhere, as far as nobody has said otherwise. */
export interface KeptArchive extends BegunArchive {
  readonly state: KeptArchiveState;
  /** When it was made, or read here, last. */
  readonly lastSeenAt: string;
  /** Encrypted ones: each needs a key. */
  readonly mediaFiles: number;
}

/** Media files that have the same recipients. */
export interface ArchiveNeed {
  /** By which names their envelopes mean them, sorted; each opens them. */
  readonly recipients: readonly string[];
  readonly mediaFiles: number;
}

/** What is written of an archive while it is made. */
export interface ArchiveHold {
  readonly id: string;
  /** In the place of what was written of the same recipients. */
  readonly needs: readonly ArchiveNeed[];
  /** ISO 8601. */
  readonly at: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Until then it may be sealed, or held for longer; afterwards it needs nothing. */
  readonly holdUntil: number;
  /** Its manifest leaves now. */
  readonly isSealed: boolean;
}

/** What an archive is begun with. */
export type FirstHold = Omit<ArchiveHold, 'id' | 'isSealed'>;

/** How one ends that was sealed. */
export type ArchiveEnd = Extract<KeptArchiveState, 'whole' | 'broken-off'>;

/** A certificate that archives may need, by its names and those of others. */
export type NeedQuestion = Omit<UseQuestion, 'alias'>;

/** Needs of all archives of a contact center that have the same recipients. */
export interface NeedOfArchives extends ArchiveNeed {
  readonly archives: number;
  /** Whether they are for a recipient of their own, whose key is not expected here. */
  readonly forRecipient: boolean;
}

/** Behind which archive a page begins. */
export type KeptArchivePosition = Pick<KeptArchive, 'begunAt' | 'id'>;

export interface KeptArchivePage {
  readonly contactCenter: string;
  /** Those alone that need a certificate. */
  readonly needing?: Omit<NeedQuestion, 'contactCenter'> | undefined;
  readonly after?: KeptArchivePosition | undefined;
  readonly limit: number;
}

/**
 * Which keys the archives need that were made here, wherever they are. It names no recording: what it says stays when they
 * are deleted or erased. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface KeptArchiveStore {
  /** As being made. Forgets those of the contact center that were, and whose time is over. */
  begin(archive: BegunArchive, hold: FirstHold): Promise<void>;

  /** False, with nothing written, where it is not being made any more: it must not become whole. */
  hold(hold: ArchiveHold): Promise<boolean>;

  /** One that is sealed has ended. */
  end(id: string, state: ArchiveEnd): Promise<void>;

  /** Nobody has it as a whole, for certain. False where it is not there. */
  withdraw(contactCenter: string, id: string): Promise<boolean>;

  /** It was read here. */
  seen(contactCenter: string, id: string, at: string): Promise<void>;

  /** The newest first. */
  list(page: KeptArchivePage): Promise<readonly KeptArchive[]>;

  /** How many need a certificate: those that the list of them has. */
  count(question: NeedQuestion): Promise<number>;

  find(contactCenter: string, id: string): Promise<KeptArchive | undefined>;

  /** What all of them need, most media files first. */
  needs(contactCenter: string): Promise<readonly NeedOfArchives[]>;
}
