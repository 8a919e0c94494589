import type { RecordingLabel } from './label-store.js';

/** Labels by the recordings that bear them, in the order of the rows. */
export function grouped(
  rows: readonly (RecordingLabel & { readonly recordingId: string })[],
): ReadonlyMap<string, readonly RecordingLabel[]> {
  const labels = new Map<string, RecordingLabel[]>();
  for (const { recordingId, ...label } of rows) {
    const known = labels.get(recordingId);
    if (known === undefined) labels.set(recordingId, [label]);
    else known.push(label);
  }
  return labels;
}
