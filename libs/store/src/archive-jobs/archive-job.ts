import type { ExternalSource } from '../users/account.js';

/** `paused`, `failed`: until somebody resumes it. `cancelled`, `done`: for good. */
export const archiveJobStates = ['running', 'paused', 'failed', 'cancelled', 'done'] as const;
export type ArchiveJobState = (typeof archiveJobStates)[number];

/** An archive that is made here, part by part, into a storage of its contact center. Times are ISO 8601. */
export interface ArchiveJob extends ArchiveJobProgress {
  readonly id: string;
  readonly contactCenter: string;
  readonly state: ArchiveJobState;
  /** What is asked for, as gateways read it: the times of an age stand in it as they were when it was asked. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The folder that the parts go to: the kind of its storage, and its path there. */
  readonly destination: ArchiveDestination;
  /** What the names of its parts begin with. */
  readonly name: string;
  readonly limits: ArchivePartLimits;
  readonly createdAt: string;
  readonly createdBy: ArchiveOrderer;
  /** The day of the schedule that it was made for, yyyy-MM-dd; absent where somebody asked for it. */
  readonly scheduledFor?: string;
  readonly updatedAt: string;
}

/** What changes while it is made. */
export interface ArchiveJobProgress {
  /** Behind the last recording of the parts that are whole, as gateways read it; absent at the beginning. */
  readonly position?: string | undefined;
  /** Of parts that are whole. */
  readonly counts: ArchiveJobCounts;
  /** The first that were left out, and why. */
  readonly leftOut: readonly ArchiveLeftOut[];
  /** The file that is being written now, or that was when its gateway died: it is removed. */
  readonly unfinished?: UnfinishedPart | undefined;
  /** A part that is written as a whole and has not its name yet: whoever goes on gives it that. */
  readonly sealed?: SealedPart | undefined;
  /** Failures one after the other. */
  readonly attempts: number;
  /** Why it waits at the moment, if it does. */
  readonly waiting?: string | undefined;
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly text: string } | undefined;
}

export interface ArchiveDestination {
  readonly storage: string;
  readonly path: string;
}

/** A part ends behind the recording with which it reaches one of them. */
export interface ArchivePartLimits {
  readonly recordings: number;
  readonly bytes: number;
}

/** Whose rights it is made with, and from where it was asked for. */
export interface ArchiveOrderer {
  readonly user: string;
  readonly source?: ExternalSource;
  readonly address: string;
  readonly requestId: string;
}

export interface ArchiveJobCounts {
  readonly parts: number;
  readonly recordings: number;
  readonly mediaFiles: number;
  /** Of all parts, as they lie in the storage. */
  readonly bytes: number;
  readonly leftOut: number;
}

export interface ArchiveLeftOut {
  readonly recording: string;
  readonly mediaFile?: string;
  readonly code: string;
  readonly reason: string;
}

export interface UnfinishedPart {
  readonly part: number;
  /** Of the name under which it is written; nobody else writes under it. */
  readonly attempt: string;
  /** Id of the archive that it is; absent in what earlier versions wrote. */
  readonly archive?: string;
}

/** An archive of its own: one ZIP file, signed. */
export interface ArchivePart {
  /** From 1 on. */
  readonly number: number;
  readonly path: string;
  /** Id of the archive that it is; absent in what earlier versions made. */
  readonly archive?: string;
  readonly length: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly recordings: number;
  readonly mediaFiles: number;
  readonly finishedAt: string;
}

export interface SealedPart {
  readonly part: ArchivePart;
  readonly attempt: string;
  /** The progress once it has its name. */
  readonly after: Pick<ArchiveJobProgress, 'position' | 'counts' | 'leftOut'>;
  /** Whether it is the last one. */
  readonly isLast: boolean;
}
