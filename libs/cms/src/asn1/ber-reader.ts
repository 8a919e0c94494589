import { CmsError } from '../cms-error.js';
import { type ElementHeader, readElementHeader, Tag } from './element-header.js';

/** Deeper nesting than this is in no honest envelope. */
export const maximumDepth = 32;

/** What tapes and blocks are filled up with, tab, line feed, carriage return, the end of a text in DOS, space. */
const fillers = new Set([0x00, 0x09, 0x0a, 0x0d, 0x1a, 0x20]);

interface OpenElement {
  readonly name: string;
  /** undefined for the indefinite form. */
  readonly end: number | undefined;
}

/**
 * Walks over BER elements of which only the beginning may be at hand: elements may claim an end beyond the bytes as long as nobody
 * asks for what is there. Every error names the offset.
 */
export class BerReader {
  private index = 0;
  private readonly open: OpenElement[] = [];

  /**
   * @param base offset of the first of the bytes within the object, for errors and ends.
   * @param limit where the object ends, if that is known; nothing may claim to reach further.
   */
  constructor(
    private readonly bytes: Buffer,
    private readonly base = 0,
    private readonly limit?: number,
  ) {}

  /** Offset of the next octet within the object. */
  get offset(): number {
    return this.base + this.index;
  }

  /** Goes on inside elements whose headers were read earlier, from the outermost to the innermost. */
  resume(elements: readonly OpenElement[]): void {
    this.open.push(...elements);
  }

  /** The elements entered and not left yet, from the outermost to the innermost. */
  get enclosing(): readonly OpenElement[] {
    return [...this.open];
  }

  /** Tag of the next element, or undefined at the end of the present one. */
  peek(): number | undefined {
    const end = this.open.at(-1)?.end;
    if (end !== undefined) {
      if (this.offset >= end) return undefined;
    } else if (this.open.length === 0) {
      return this.bytes[this.index];
    }
    const tag = this.bytes[this.index];
    if (tag === undefined) throw this.truncated('an element');
    return tag === Tag.endOfContents && end === undefined ? undefined : tag;
  }

  /** Steps into a constructed element. */
  enter(tag: number, name: string): ElementHeader {
    const header = this.header(tag, name);
    if (!header.constructed) throw this.unexpected(header.tag, header.offset, `${name}, constructed`);
    if (this.open.length >= maximumDepth) {
      throw new CmsError('CMS_LIMIT_EXCEEDED', 'elements are nested too deeply', { offset: header.offset });
    }
    this.open.push({ name, end: header.end });
    return header;
  }

  /** Steps out of the element entered last, which must be at its end. */
  leave(): void {
    const element = this.open.pop();
    if (element === undefined) throw new Error('no element is open');
    if (element.end !== undefined) {
      if (this.offset === element.end) return;
      throw new CmsError('CMS_MALFORMED', `${element.name} goes on`, { offset: this.offset, expected: 'its end' });
    }
    if (this.bytes.length - this.index < 2) throw this.truncated(`the end-of-contents octets of ${element.name}`);
    if (this.bytes.readUInt16BE(this.index) !== 0) {
      throw new CmsError('CMS_MALFORMED', `${element.name} goes on`, {
        offset: this.offset,
        expected: 'end-of-contents octets',
      });
    }
    this.index += 2;
  }

  /** Reads only the header of an element whose content is not at hand, and stays behind the header. */
  header(tag: number, name: string): ElementHeader {
    const header = this.nextHeader(name);
    if (header.tag !== tag) throw this.unexpected(header.tag, header.offset, `${name}, tag 0x${tag.toString(16)}`);
    this.index = header.contentOffset - this.base;
    return header;
  }

  /** Content octets of a primitive element, a view on the bytes. */
  primitive(tag: number, name: string): Buffer {
    const header = this.header(tag, name);
    return this.content(header, name);
  }

  /** Value of a string type, primitive or constructed (X.690, 8.7). */
  octets(primitiveTag: number, name: string): Buffer {
    if (this.peek() !== (primitiveTag | 0x20)) return this.primitive(primitiveTag, name);
    const pieces: Buffer[] = [];
    this.enter(primitiveTag | 0x20, name);
    while (this.peek() !== undefined) pieces.push(this.octets(Tag.octetString, `a segment of ${name}`));
    this.leave();
    return Buffer.concat(pieces);
  }

  /** Passes over the next element whatever it is; returns its bytes, a view. */
  skip(name: string): Buffer {
    const from = this.index;
    const header = this.nextHeader(name);
    if (header.end === undefined) {
      this.enter(header.tag, name);
      while (this.peek() !== undefined) this.skip(name);
      this.leave();
    } else {
      this.index = header.contentOffset - this.base;
      this.content(header, name);
    }
    return this.bytes.subarray(from, this.index);
  }

  /**
   * White space and zeros may follow: editors and transfers leave a line end behind, devices fill up their blocks.
   * @throws CmsError CMS_MALFORMED if other bytes are left.
   */
  finish(): void {
    const left = this.bytes.length - this.index;
    if (this.bytes.subarray(this.index).every(byte => fillers.has(byte))) return;
    const message = `${left} bytes follow the end of the object`;
    throw new CmsError('CMS_MALFORMED', message, { offset: this.offset, expected: 'nothing more' });
  }

  private content(header: ElementHeader, name: string): Buffer {
    const end = (header.end ?? 0) - this.base;
    if (end > this.bytes.length) throw this.truncated(`the end of ${name} at byte ${header.end ?? 0}`);
    const content = this.bytes.subarray(this.index, end);
    this.index = end;
    return content;
  }

  private nextHeader(name: string): ElementHeader {
    const enclosing = this.open.at(-1);
    if (enclosing?.end !== undefined && this.offset >= enclosing.end) {
      throw new CmsError('CMS_MALFORMED', `${enclosing.name} ends too soon`, { offset: this.offset, expected: name });
    }
    const header = readElementHeader(this.bytes, this.index, this.base);
    if (header === undefined) throw this.truncated(name);
    this.checkFits(header, name);
    return header;
  }

  private checkFits(header: ElementHeader, name: string): void {
    const enclosing = this.open.findLast(element => element.end !== undefined);
    const reach = header.end ?? header.contentOffset;
    if (enclosing?.end !== undefined && reach > enclosing.end) {
      const message = `${name} claims to end at byte ${reach}, beyond ${enclosing.name}`;
      throw new CmsError('CMS_MALFORMED', message, { offset: header.offset, expected: `an end by ${enclosing.end}` });
    }
    if (this.limit !== undefined && reach > this.limit) {
      const message = `${name} claims to end at byte ${reach} of ${this.limit}`;
      throw new CmsError('CMS_TRUNCATED', message, { offset: header.offset });
    }
  }

  private unexpected(tag: number, offset: number, expected: string): CmsError {
    return new CmsError('CMS_MALFORMED', `found tag 0x${tag.toString(16).padStart(2, '0')}`, { offset, expected });
  }

  private truncated(expected: string): CmsError {
    const offset = this.base + this.bytes.length;
    return new CmsError('CMS_TRUNCATED', 'the bytes end too soon', { offset, expected });
  }
}
