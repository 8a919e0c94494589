import { maximumHeaderBytes, readElementHeader, Tag } from '../asn1/element-header.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentAuthentication } from '../envelope/envelope.js';
import type { AttachedContent } from '../envelope/envelope-head.js';
import { type CiphertextExtract, type LocatedContent, tailBytes } from './content-map.js';
import { type ContentShape, readFileTrailer } from './file-trailer.js';
import { type EvenSegments, type OpenString, type Segment, SegmentStripper } from './segment-stripper.js';
import { WindowedReader } from './windowed-reader.js';

export interface FirstSegment {
  readonly contentOffset: number;
  /** Header octets that every even segment repeats. */
  readonly header: Buffer;
  /** Content octets behind each header. */
  readonly length: number;
}

/** @returns undefined if the content does not begin with a primitive segment that has content. */
export async function readFirstSegment(
  source: ByteSource,
  contentOffset: number,
  signal: AbortSignal,
): Promise<FirstSegment | undefined> {
  const bytes = await source.read(contentOffset, Math.min(source.size, contentOffset + maximumHeaderBytes), signal);
  const header = readElementHeader(bytes, 0, contentOffset);
  if (header === undefined) {
    throw new CmsError('CMS_TRUNCATED', 'the bytes end too soon', { offset: source.size, expected: 'a segment' });
  }
  const length = (header.end ?? header.contentOffset) - header.contentOffset;
  if (header.tag !== Tag.octetString || length === 0) return undefined;
  return { contentOffset, header: Buffer.from(bytes.subarray(0, header.contentOffset - contentOffset)), length };
}

interface Search {
  readonly source: ByteSource;
  readonly shape: ContentShape;
  readonly content: AttachedContent;
  readonly whole: OpenString;
  readonly first: FirstSegment;
  readonly signal: AbortSignal;
}

/** A writer ends with at most a short segment and a last block; more than this is no even pattern. */
const maximumTailSegments = 16;

/**
 * Takes all segments but the last few for as long as the first one, and reads the tail of the file to see whether that
 * can be. Segments between are verified when they are read.
 * @returns undefined if the tail does not fit the pattern.
 */
export async function locateRegularSegments(search: Search): Promise<LocatedContent | undefined> {
  const { source, shape, content, first, signal } = search;
  const stride = first.header.length + first.length;
  const evenCount = Math.max(0, Math.floor(((search.whole.end ?? source.size) - first.contentOffset) / stride) - 1);
  const window = new WindowedReader(source, signal);
  try {
    const walk = await walkTail(window, search, evenCount);
    if (walk === undefined) return undefined;
    const ciphertextLength = evenCount * first.length + walk.length;
    if (ciphertextLength % shape.blockLength !== 0) return undefined;
    const { authentication } = await readFileTrailer(window, shape, content.enclosing, {
      trailerOffset: walk.trailerOffset,
      tailOffset: walk.trailerOffset,
      signal,
    });
    const located = new RegularSegments(search, evenCount, walk, ciphertextLength, authentication);
    return await located.withTail(window, signal);
  } catch (error) {
    // Whatever is wrong, if not with the pattern, a scan finds it and names the place.
    if (error instanceof CmsError && !(error instanceof TruncatedTail)) return undefined;
    throw error;
  }
}

/** The file follows its pattern up to its last byte, but the content has no end: no scan has to look for it. */
class TruncatedTail extends CmsError {}

interface TailWalk {
  readonly segments: readonly Segment[];
  /** Ciphertext bytes in them. */
  readonly length: number;
  readonly trailerOffset: number;
}

/** Goes from header to header behind the even segments up to the end of the content. */
async function walkTail(window: WindowedReader, search: Search, evenCount: number): Promise<TailWalk | undefined> {
  const { first, whole, source } = search;
  const storedOffset = first.contentOffset + evenCount * (first.header.length + first.length);
  const segments: Segment[] = [];
  const stripper = new SegmentStripper(
    { storedOffset, ciphertextOffset: 0, within: whole, remaining: 0 },
    { start: 0, end: 0 },
    segment => segments.push(segment),
  );
  for (let offset = storedOffset; ;) {
    if (offset >= source.size && segments[0]?.length === first.length) {
      throw new TruncatedTail('CMS_TRUNCATED', 'the bytes end within the content', { offset: source.size });
    }
    if (offset >= source.size || segments.length > maximumTailSegments) return undefined;
    const header = await window.readWithin(offset, offset + maximumHeaderBytes);
    const before = segments.length;
    stripper.write(header.subarray(0, headerLength(header)), []);
    const segment = segments.length > before ? segments.at(-1) : undefined;
    if (segment !== undefined) {
      stripper.skip(segment.length);
      offset = segment.contentOffset + segment.length;
    }
    const { trailerOffset } = stripper;
    if (trailerOffset !== undefined) return { segments, length: stripper.position, trailerOffset };
    if (segment === undefined) return undefined;
  }
}

function headerLength(bytes: Buffer): number {
  const first = bytes[1] ?? 0;
  return first <= 0x80 ? 2 : 2 + (first & 0x7f);
}

/** Segments above this size are entered in the middle, after a look at their header. */
const maximumReadToVerify = 32 * 1024;

class RegularSegments implements LocatedContent {
  readonly addressing = 'regular';
  readonly source: ByteSource;
  tail: Buffer = Buffer.alloc(0);
  private readonly stride: number;
  private readonly even: EvenSegments;

  constructor(
    private readonly search: Search,
    evenCount: number,
    private readonly walk: TailWalk,
    readonly ciphertextLength: number,
    readonly authentication: ContentAuthentication | undefined,
  ) {
    this.source = search.source;
    this.stride = search.first.header.length + search.first.length;
    this.even = { ...search.first, until: evenCount * search.first.length };
  }

  async withTail(window: WindowedReader, signal: AbortSignal): Promise<this> {
    const wanted = { start: Math.max(0, this.ciphertextLength - tailBytes), end: this.ciphertextLength };
    const { start, end, stripper } = this.extract(wanted.start, wanted.end);
    const pieces: Buffer[] = [];
    stripper.write(await window.read(start, end, signal), pieces);
    this.tail = Buffer.concat(pieces);
    // Zeros behind the object look like its end wherever one begins to read: then the content ended before.
    if (this.tail.length < wanted.end - wanted.start) throw patternBroken(start, this.search.first.length);
    return this;
  }

  extract(start: number, end: number): CiphertextExtract & { readonly stripper: SegmentStripper } {
    const segment = this.segmentAt(start);
    const { header } = this.search.first;
    if (start >= this.even.until) return this.extractFrom(start, end, start - segment.ciphertextOffset);
    if (this.even.length <= maximumReadToVerify) return this.extractFrom(start, end, -header.length);
    const inside = start - segment.ciphertextOffset;
    const check = { offset: segment.headerOffset, header };
    return { ...this.extractFrom(start, end, inside), check };
  }

  /** @param inside where to begin, counted from the first content octet of the segment; negative for its header. */
  private extractFrom(start: number, end: number, inside: number): ReturnType<RegularSegments['extract']> {
    const { contentOffset, ciphertextOffset, length } = this.segmentAt(start);
    const begin = {
      storedOffset: contentOffset + inside,
      ciphertextOffset: ciphertextOffset + Math.max(0, inside),
      within: this.search.whole,
      remaining: inside < 0 ? 0 : length - inside,
    };
    const stripper = new SegmentStripper(begin, { start, end }, segment => this.verify(segment), this.even);
    return { start: begin.storedOffset, end: this.storedEnd(end), stripper };
  }

  private storedEnd(end: number): number {
    if (end === 0) return this.search.first.contentOffset;
    const last = this.segmentAt(end - 1);
    return last.contentOffset + (end - last.ciphertextOffset);
  }

  /** The segment that must hold byte `position` of the ciphertext if the pattern is true. */
  private segmentAt(position: number): Omit<Segment, 'within'> {
    const { first } = this.search;
    if (position < this.even.until) {
      const number = Math.floor(position / first.length);
      const headerOffset = first.contentOffset + number * this.stride;
      const contentOffset = headerOffset + first.header.length;
      return { headerOffset, contentOffset, length: first.length, ciphertextOffset: number * first.length };
    }
    const inTail = position - this.even.until;
    const segment = this.walk.segments.findLast(({ ciphertextOffset }) => ciphertextOffset <= inTail);
    if (segment === undefined) {
      const offset = this.walk.trailerOffset;
      return { headerOffset: offset, contentOffset: offset, length: 0, ciphertextOffset: position };
    }
    return { ...segment, ciphertextOffset: segment.ciphertextOffset + this.even.until };
  }

  /** A segment that is not where the pattern says would shift all that follows. */
  private verify(found: Segment): void {
    const claimed = this.segmentAt(found.ciphertextOffset);
    if (found.length === 0 && found.ciphertextOffset >= this.even.until) return;
    if (claimed.contentOffset === found.contentOffset && claimed.length === found.length) return;
    throw patternBroken(found.headerOffset, claimed.length);
  }
}

function patternBroken(offset: number, length: number): CmsError {
  return new CmsError('CMS_PATTERN_BROKEN', 'the segments of the content are uneven', {
    offset,
    expected: `a segment of ${length} bytes; open the file with a scan of its segments`,
  });
}
