import { custodyOutcomes, type CustodyOutcome, type CustodyProof, type CustodySummary } from './custody-store.js';

/** A row of `custody_proof`. */
export interface CustodyRow {
  readonly recordingId: string;
  readonly mediaId: string;
  readonly outcome: CustodyOutcome;
  readonly code: string | null;
  readonly certificateAlias: string | null;
  readonly provedAt: number;
}

/** How many proofs of a contact center have an outcome. */
export interface OutcomeCount {
  readonly contactCenter: string;
  readonly outcome: CustodyOutcome;
  readonly count: number;
}

export interface OldestProof {
  readonly contactCenter: string;
  /** Null where there is none. */
  readonly oldest: number | null;
}

export interface MediaFileCount {
  readonly contactCenter: string;
  readonly mediaFiles: number;
}

export const proofOf = ({ code, certificateAlias, ...row }: CustodyRow): CustodyProof => ({
  ...row,
  ...(code === null ? {} : { code }),
  ...(certificateAlias === null ? {} : { certificateAlias }),
});

export function summariesOf(
  files: readonly MediaFileCount[],
  counts: readonly OutcomeCount[],
  proofs: readonly OldestProof[],
): CustodySummary[] {
  return files.map(({ contactCenter, mediaFiles }) => {
    const isOwn = (row: { readonly contactCenter: string }): boolean => row.contactCenter === contactCenter;
    const own = counts.filter(isOwn);
    const countOf = (outcome: CustodyOutcome): number => own.find(count => count.outcome === outcome)?.count ?? 0;
    return {
      contactCenter,
      mediaFiles,
      outcomes: Object.fromEntries(custodyOutcomes.map(outcome => [outcome, countOf(outcome)])) as Record<
        CustodyOutcome,
        number
      >,
      oldestProof: proofs.find(isOwn)?.oldest ?? undefined,
    };
  });
}
