import { randomBytes } from 'node:crypto';
import type { Store } from '../store.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';

const { id } = exampleRecording;
const { mediaId } = exampleMediaFile;

/** What a store of recordings does that gives content trees in pieces. `store` is an empty one for each test. */
export function leavesInPieces(store: () => Store): void {
  it('give the leaves of a content tree in pieces', async () => {
    const { recordings } = store();
    const leaves = randomBytes(1_000_000);
    await recordings.insert(exampleRecording);
    const pin = { layout: 'attached', envelopeDigest: 'aa', contentRoot: 'cc' } as const;
    await recordings.pin(id, { mediaId, pin, leaves });
    const places = [
      { start: 992_000, end: 1_000_000 },
      { start: 0, end: 1 },
      { start: 8192, end: 16_384 },
      { start: 992_000, end: 1_000_000 },
      { start: 999_999, end: 1_000_010 },
    ];
    const found = await recordings.findLeavesAt(id, mediaId, places);
    expect(found?.map(piece => piece.toString('hex'))).toEqual(
      places.map(({ start, end }) => leaves.subarray(start, end).toString('hex')),
    );
    expect(await recordings.findLeavesAt(id, mediaId, [])).toEqual([]);
    expect(await recordings.findLeavesAt(id, 'other', places)).toBeUndefined();
    expect(await recordings.findLeavesAt('other', mediaId, places)).toBeUndefined();
  });
}
