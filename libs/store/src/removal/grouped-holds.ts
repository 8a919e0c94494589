import type { LegalHold } from './legal-hold.js';

/** A row of a database: '' for the whole recording, null for no end. */
export type LegalHoldRow = Omit<LegalHold, 'mediaId' | 'until'> & {
  readonly mediaId: string;
  readonly until: string | null;
};

/** By their recordings, in the order of the rows. */
export function groupedHolds(rows: readonly LegalHoldRow[]): ReadonlyMap<string, readonly LegalHold[]> {
  const byRecording = new Map<string, LegalHold[]>();
  for (const { mediaId, until, ...hold } of rows) {
    const holds = byRecording.get(hold.recordingId) ?? [];
    holds.push({ ...hold, ...(mediaId === '' ? {} : { mediaId }), ...(until === null ? {} : { until }) });
    byRecording.set(hold.recordingId, holds);
  }
  return byRecording;
}
