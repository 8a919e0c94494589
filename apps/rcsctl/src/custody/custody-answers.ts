/** What gateways answer below /rcs/custody. */
export const outcomes = ['opens', 'opens-expired', 'plain', 'key-missing', 'storage-missing', 'damaged'] as const;
export type Outcome = (typeof outcomes)[number];

/** Outcomes after which nobody can play a media file. */
export const failures: ReadonlySet<Outcome> = new Set<Outcome>(['key-missing', 'storage-missing', 'damaged']);

export interface CustodyStatus {
  readonly mediaFiles: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly neverProved: number;
  /** Media files of the archives that were made here; not there with gateways of before. */
  readonly archives?: { readonly mediaFiles: number; readonly forRecipients: number; readonly keyMissing?: number };
  readonly oldestProof?: string;
}

export interface Proof {
  readonly recording: string;
  readonly mediaFile: string;
  readonly outcome: Outcome;
  readonly certificateAlias?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly nextStep?: string;
  readonly provedAt: string;
}

export interface ProvedPage {
  readonly proofs: readonly Proof[];
  readonly next?: string;
}

export interface FoundMediaFiles {
  readonly mediaFiles: readonly Proof[];
  readonly nextCursor?: string;
}
