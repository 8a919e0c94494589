import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import { SegmentIndex } from './segment-index.js';
import { type OpenString, SegmentStripper } from './segment-stripper.js';

/** Segments with more than this left are jumped over instead of read. */
const jumpBytes = 1024 * 1024;

/** Reads the whole content once, looking at headers only, and notes where ciphertext lies. */
export async function scanSegments(
  source: ByteSource,
  contentOffset: number,
  whole: OpenString,
  signal: AbortSignal,
): Promise<SegmentIndex> {
  const index = new SegmentIndex(whole);
  const stripper = new SegmentStripper(
    { storedOffset: contentOffset, ciphertextOffset: 0, within: whole, remaining: 0 },
    { start: 0, end: 0 },
    segment => index.add(segment),
  );
  let offset = contentOffset;
  while (stripper.trailerOffset === undefined) {
    if (offset >= source.size) throw truncated(source.size);
    offset = await scanUntilJump(source, offset, stripper, signal);
    if (stripper.leftOfSegment > 0) {
      offset += stripper.leftOfSegment;
      stripper.skip(stripper.leftOfSegment);
      if (offset > source.size) throw truncated(source.size);
    }
  }
  index.ciphertextLength = stripper.position;
  index.trailerOffset = stripper.trailerOffset;
  return index;
}

/** Feeds the stripper until the content ends or a large segment can be jumped over; returns the offset reached. */
async function scanUntilJump(
  source: ByteSource,
  start: number,
  stripper: SegmentStripper,
  signal: AbortSignal,
): Promise<number> {
  let offset = start;
  // Leaving the loop destroys the stream, which cancels the transfer.
  for await (const chunk of source.stream(start, source.size, signal) as AsyncIterable<Buffer>) {
    stripper.write(chunk, []);
    offset += chunk.length;
    if (stripper.trailerOffset !== undefined || stripper.leftOfSegment > jumpBytes) break;
  }
  signal.throwIfAborted();
  return offset;
}

function truncated(size: number): CmsError {
  return new CmsError('CMS_TRUNCATED', 'the bytes end within the content', { offset: size });
}
