import type { LedgerEntry } from './removal-store.js';
import type { Gone } from './removal-order-store.js';

/** A row of the ledger: '' for the whole recording. */
export type GoneRow = Pick<LedgerEntry, 'recordingId' | 'contactCenter'> & { readonly mediaId: string };

/** By their recordings. */
export function goneRecordings(rows: readonly GoneRow[]): ReadonlyMap<string, Gone> {
  const byRecording = new Map<string, Gone>();
  for (const { recordingId, contactCenter, mediaId } of rows) {
    const known = byRecording.get(recordingId);
    const mediaIds = new Set(known?.mediaIds);
    if (mediaId !== '') mediaIds.add(mediaId);
    byRecording.set(recordingId, { contactCenter, mediaIds, isWhole: mediaId === '' || known?.isWhole === true });
  }
  return byRecording;
}
