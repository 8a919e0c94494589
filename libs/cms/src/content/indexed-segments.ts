import type { ByteSource } from '../byte-source/byte-source.js';
import type { ContentAuthentication } from '../envelope/envelope.js';
import { type CiphertextExtract, type LocatedContent, tailBytes } from './content-map.js';
import type { SegmentIndex } from './segment-index.js';
import { SegmentStripper } from './segment-stripper.js';

/** Content whose segments follow no pattern; an index made by a scan tells where to begin. */
export async function openIndexedSegments(
  source: ByteSource,
  index: SegmentIndex,
  authentication: ContentAuthentication | undefined,
  signal: AbortSignal,
): Promise<LocatedContent> {
  const { ciphertextLength } = index;
  const extract = (start: number, end: number) => extractSegments(index, start, end);
  const last = extract(Math.max(0, ciphertextLength - tailBytes), ciphertextLength);
  const pieces: Buffer[] = [];
  last.stripper.write(await source.read(last.start, last.end, signal), pieces);
  const tail = Buffer.concat(pieces);
  return { source, addressing: 'indexed', ciphertextLength, tail, authentication, extract };
}

function extractSegments(
  index: SegmentIndex,
  start: number,
  end: number,
): CiphertextExtract & { readonly stripper: SegmentStripper } {
  const storedEnd = findStoredEnd(index, end);
  const from = index.before(start);
  const wanted = { start, end };
  if (from === undefined || start === end) {
    // Without an entry there is no content.
    const nowhere = { storedOffset: storedEnd, ciphertextOffset: start, within: index.whole, remaining: 0 };
    return { start: storedEnd, end: storedEnd, stripper: new SegmentStripper(nowhere, wanted, () => undefined) };
  }
  // Either within the segment of the entry, or right behind it.
  const inside = Math.min(start - from.ciphertextOffset, from.length);
  const begin = {
    storedOffset: from.contentOffset + inside,
    ciphertextOffset: from.ciphertextOffset + inside,
    within: from.within,
    remaining: from.length - inside,
  };
  return { start: begin.storedOffset, end: storedEnd, stripper: new SegmentStripper(begin, wanted, () => undefined) };
}

/** A stored offset behind the wanted ciphertext and not much further. */
function findStoredEnd(index: SegmentIndex, end: number): number {
  const last = index.before(end - 1);
  if (last !== undefined && end <= last.ciphertextOffset + last.length) {
    return last.contentOffset + (end - last.ciphertextOffset);
  }
  return index.after(end - 1)?.contentOffset ?? index.trailerOffset;
}
