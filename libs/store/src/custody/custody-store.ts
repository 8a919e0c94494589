import type { Recording } from '../recordings/recording.js';

/** What became of the attempt to open a media file. */
export const custodyOutcomes = [
  /** Its key was unwrapped, its end decrypted, and where it has a content tree the root agreed. */
  'opens',
  /** So it did, and every certificate that it is encrypted for has expired. */
  'opens-expired',
  /** It is not encrypted, and is there. */
  'plain',
  /** No key of the contact center opens it. */
  'key-missing',
  /** Its file is not where the metadata says, or the storage does not give it. */
  'storage-missing',
  /** What is stored is not what was recorded, or cannot be decrypted. */
  'damaged',
] as const;
export type CustodyOutcome = (typeof custodyOutcomes)[number];

/** The last attempt to open one media file. */
export interface CustodyProof {
  readonly recordingId: string;
  readonly mediaId: string;
  readonly outcome: CustodyOutcome;
  /** Of the error, where it did not open. */
  readonly code?: string;
  readonly certificateAlias?: string;
  /** Milliseconds since the epoch. */
  readonly provedAt: number;
}

/** A recording, and what was last found of its media files. */
export interface CustodyCandidate {
  readonly recording: Recording;
  readonly proofs: readonly Pick<CustodyProof, 'mediaId' | 'provedAt'>[];
}

/** How a contact center stands. */
export interface CustodySummary {
  readonly contactCenter: string;
  readonly mediaFiles: number;
  readonly outcomes: Readonly<Record<CustodyOutcome, number>>;
  /** When the oldest of the last attempts was; undefined while there is none. */
  readonly oldestProof: number | undefined;
}

/**
 * What was proved of recordings against keys and storages. Every method rejects with RCS_STORE_UNAVAILABLE while the database
 * cannot serve.
 */
export interface CustodyStore {
  /** Recordings of a contact center behind an id, in the order of their ids (by the bytes of UTF-8). */
  page(contactCenter: string, after: string, limit: number): Promise<readonly CustodyCandidate[]>;

  /** In the place of earlier ones; of media files that are gone meanwhile nothing is kept. */
  keep(contactCenter: string, proofs: readonly CustodyProof[]): Promise<void>;

  /** One, or all that have recordings. */
  summaries(contactCenter?: string): Promise<readonly CustodySummary[]>;

  /** Media files with one of the outcomes behind a position, in the order of recording and media file. */
  found(
    contactCenter: string,
    outcomes: readonly CustodyOutcome[],
    after: { readonly recordingId: string; readonly mediaId: string },
    limit: number,
  ): Promise<readonly CustodyProof[]>;
}
