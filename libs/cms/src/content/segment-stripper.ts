import { type ElementHeader, maximumHeaderBytes, readElementHeader, Tag } from '../asn1/element-header.js';
import { CmsError } from '../cms-error.js';

/** A constructed OCTET STRING that is open; `end` is undefined for the indefinite form. */
export interface OpenString {
  readonly end: number | undefined;
  readonly depth: number;
  readonly parent: OpenString | undefined;
}

/** A run of ciphertext within the stored file. */
export interface Segment {
  /** Offset of the header within the stored file. */
  readonly headerOffset: number;
  /** Offset of the first content octet within the stored file. */
  readonly contentOffset: number;
  readonly length: number;
  /** Offset of the first content octet within the ciphertext. */
  readonly ciphertextOffset: number;
  readonly within: OpenString;
}

export interface StripperStart {
  /** Offset of the first byte to come within the stored file. */
  readonly storedOffset: number;
  readonly ciphertextOffset: number;
  readonly within: OpenString;
  /** Content octets left of the segment that the first byte lies in; 0 when a header comes first. */
  readonly remaining: number;
}

/** Segments that all look alike: those are recognised by their header octets alone. */
export interface EvenSegments {
  readonly header: Buffer;
  /** Content octets of each. */
  readonly length: number;
  /** Where they end within the ciphertext. */
  readonly until: number;
}

/** Nested deeper than this is no recording. */
const maximumStringDepth = 16;
/** Headers without content carry nothing; a file full of them only takes time. */
const maximumEmptySegments = 1024;

/**
 * Takes the headers out of a constructed OCTET STRING (X.690, 8.7.3) whose bytes arrive in pieces of any size: what is
 * left are views on the pieces.
 */
export class SegmentStripper {
  private storedOffset: number;
  private ciphertextOffset: number;
  private remaining: number;
  private within: OpenString | undefined;
  private partialHeader: Buffer | undefined;
  private emptySegments = 0;

  /**
   * @param wanted ciphertext [start, end): the rest is passed over.
   * @param onSegment sees the header of every segment before its content is used, and may throw.
   * @param even segments that need no further look; the first of them has to be where they say.
   */
  constructor(
    start: StripperStart,
    private readonly wanted: { readonly start: number; readonly end: number },
    private readonly onSegment: (segment: Segment) => void,
    private readonly even?: EvenSegments,
  ) {
    this.storedOffset = start.storedOffset;
    this.ciphertextOffset = start.ciphertextOffset;
    this.remaining = start.remaining;
    this.within = start.within;
  }

  /** The content has been passed, and this is the offset of the first byte behind it; undefined before. */
  get trailerOffset(): number | undefined {
    return this.within === undefined ? this.storedOffset : undefined;
  }

  /** Bytes of ciphertext seen so far, wanted or not, counted from the beginning of the content. */
  get position(): number {
    return this.ciphertextOffset;
  }

  /** Content octets still to come of the segment at hand. */
  get leftOfSegment(): number {
    return this.remaining;
  }

  /** Passes over content octets of the segment at hand that the caller does not fetch. */
  skip(bytes: number): void {
    this.storedOffset += bytes;
    this.ciphertextOffset += bytes;
    this.remaining -= bytes;
    if (this.remaining === 0) this.leaveFinishedStrings();
  }

  /** Appends the ciphertext within `chunk` to `pieces`. Bytes behind the content are ignored. */
  write(chunk: Buffer, pieces: Buffer[]): void {
    let index = this.partialHeader === undefined ? 0 : this.completeHeader(chunk);
    for (;;) {
      if (this.remaining > 0) {
        if (index >= chunk.length) return;
        index += this.takeContent(chunk, index, pieces);
      } else if (this.takeEvenHeader(chunk, index)) {
        index += this.even?.header.length ?? 0;
      } else {
        this.leaveFinishedStrings();
        if (this.within === undefined || index >= chunk.length) return;
        const header = readElementHeader(chunk, index, this.storedOffset - index);
        if (header === undefined) {
          this.partialHeader = Buffer.from(chunk.subarray(index));
          return;
        }
        index += this.takeHeader(header);
      }
    }
  }

  private takeEvenHeader(chunk: Buffer, index: number): boolean {
    const { even } = this;
    if (even === undefined || this.ciphertextOffset >= even.until) return false;
    const { header } = even;
    if (index + header.length > chunk.length) return false;
    for (let i = 0; i < header.length; i++) if (chunk[index + i] !== header[i]) return false;
    this.storedOffset += header.length;
    this.remaining = even.length;
    return true;
  }

  private completeHeader(chunk: Buffer): number {
    const begun = this.partialHeader ?? Buffer.alloc(0);
    const bytes = Buffer.concat([begun, chunk.subarray(0, maximumHeaderBytes)]);
    const header = readElementHeader(bytes, 0, this.storedOffset);
    if (header === undefined) {
      this.partialHeader = bytes;
      return chunk.length;
    }
    this.partialHeader = undefined;
    return this.takeHeader(header) - begun.length;
  }

  private takeContent(chunk: Buffer, index: number, pieces: Buffer[]): number {
    const length = Math.min(this.remaining, chunk.length - index);
    const from = Math.max(0, this.wanted.start - this.ciphertextOffset);
    const to = Math.min(length, this.wanted.end - this.ciphertextOffset);
    if (from < to) pieces.push(chunk.subarray(index + from, index + to));
    this.storedOffset += length;
    this.ciphertextOffset += length;
    this.remaining -= length;
    return length;
  }

  /** Takes note of a header and returns its length. */
  private takeHeader(header: ElementHeader): number {
    const { within } = this;
    if (within === undefined) throw new Error('the content has ended');
    this.storedOffset = header.contentOffset;
    switch (header.tag) {
      case Tag.octetString:
        this.beginSegment(header, within);
        break;
      case Tag.constructedOctetString:
        this.within = this.beginString(header, within);
        break;
      case Tag.endOfContents:
        this.endString(header, within);
        break;
      default:
        throw new CmsError('CMS_MALFORMED', `found tag 0x${header.tag.toString(16).padStart(2, '0')} in the content`, {
          offset: header.offset,
          expected: 'an OCTET STRING or end-of-contents octets',
        });
    }
    return header.contentOffset - header.offset;
  }

  private beginSegment(header: ElementHeader, within: OpenString): void {
    const end = header.end ?? header.contentOffset;
    checkFits(end, header, within);
    this.remaining = end - header.contentOffset;
    if (this.remaining === 0) this.countEmpty(header);
    else this.emptySegments = 0;
    this.onSegment({
      headerOffset: header.offset,
      contentOffset: header.contentOffset,
      length: this.remaining,
      ciphertextOffset: this.ciphertextOffset,
      within,
    });
  }

  private beginString(header: ElementHeader, parent: OpenString): OpenString {
    if (parent.depth >= maximumStringDepth) {
      const message = 'the segments of the content are nested too deeply';
      throw new CmsError('CMS_LIMIT_EXCEEDED', message, { offset: header.offset });
    }
    checkFits(header.end ?? header.contentOffset, header, parent);
    this.countEmpty(header);
    return { end: header.end, depth: parent.depth + 1, parent };
  }

  private endString(header: ElementHeader, within: OpenString): void {
    if (within.end !== undefined || header.end !== header.contentOffset) {
      const expected = within.end === undefined ? '00 00' : 'an OCTET STRING';
      throw new CmsError('CMS_MALFORMED', 'end-of-contents octets in the content', { offset: header.offset, expected });
    }
    this.within = within.parent;
  }

  private countEmpty(header: ElementHeader): void {
    if (++this.emptySegments <= maximumEmptySegments) return;
    const message = `more than ${maximumEmptySegments} headers without content in a row`;
    throw new CmsError('CMS_LIMIT_EXCEEDED', message, { offset: header.offset });
  }

  private leaveFinishedStrings(): void {
    while (this.within?.end === this.storedOffset) this.within = this.within.parent;
  }
}

function checkFits(end: number, header: ElementHeader, within: OpenString): void {
  let enclosing: OpenString | undefined = within;
  while (enclosing !== undefined && enclosing.end === undefined) enclosing = enclosing.parent;
  if (enclosing?.end === undefined || end <= enclosing.end) return;
  const message = `a segment of the content claims to end at byte ${end}`;
  throw new CmsError('CMS_MALFORMED', message, { offset: header.offset, expected: `an end by ${enclosing.end}` });
}
