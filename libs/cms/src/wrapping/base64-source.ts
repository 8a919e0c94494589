import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ByteSource, checkRange } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import { decodeDigits } from './base64-digits.js';

/** Base64 text in lines of one length. */
export interface Base64Lines {
  readonly bodyOffset: number;
  /** Digits in a line, a multiple of four. */
  readonly digits: number;
  /** Bytes from one line to the next. */
  readonly stride: number;
  /** Bytes of the decoded object. */
  readonly size: number;
}

const longestLine = 4096;
const tailBytes = 512;

/**
 * Measures the first line and the end of the text.
 * @returns undefined if the lines cannot all have the length of the first one.
 */
export async function measureBase64Lines(
  source: ByteSource,
  bodyOffset: number,
  signal: AbortSignal,
): Promise<Base64Lines | undefined> {
  const begin = await source.read(bodyOffset, Math.min(source.size, bodyOffset + longestLine + 2), signal);
  const tailOffset = Math.max(bodyOffset, source.size - tailBytes);
  const tail = (await source.read(tailOffset, source.size, signal)).toString('latin1');
  // Text may stand behind PEM as well.
  const end = /\s*(?:-----END [A-Z0-9 #]+-----[\s\S]*)?$/.exec(tail);
  const body = tail.slice(0, end?.index);
  const span = tailOffset + body.length - bodyOffset;

  const newline = begin.indexOf('\n');
  const single = newline === -1 || newline >= span;
  if (single && /\s/.test(body)) return undefined;
  const lineEnd = begin[newline - 1] === 0x0d ? 2 : 1;
  const digits = single ? span : newline - lineEnd + 1;
  const stride = single ? span : newline + 1;
  const rest = span % stride;
  const count = Math.floor(span / stride) * digits + Math.min(rest, digits);
  if (digits === 0 || (!single && digits % 4 !== 0) || rest > digits || count % 4 !== 0) return undefined;
  const padding = /={0,2}$/.exec(body)?.[0].length ?? 0;
  return { bodyOffset, digits, stride, size: (count / 4) * 3 - padding };
}

/** The decoded bytes of base64 text, at any offset. Line ends that are not where they should be are found out. */
export class Base64Source implements ByteSource {
  readonly size: number;

  constructor(
    private readonly text: ByteSource,
    private readonly lines: Base64Lines,
  ) {
    this.size = lines.size;
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkRange(start, end, this.size);
    if (start === end) return Readable.from([]);
    return Readable.from(this.decode(start, end, signal), { objectMode: false, highWaterMark: 64 * 1024 });
  }

  read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    return buffer(this.stream(start, end, signal));
  }

  private async *decode(start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const firstGroup = Math.floor(start / 3);
    const lastGroup = Math.ceil(end / 3);
    const from = this.storedOffset(firstGroup * 4);
    const to = this.storedOffset(lastGroup * 4 - 1) + 1;
    let position = from;
    let decoded = firstGroup * 3;
    let carry = '';
    for await (const chunk of this.text.stream(from, to, signal) as AsyncIterable<Buffer>) {
      const digits = carry + this.withoutLineEnds(chunk, position);
      position += chunk.length;
      const whole = digits.length - (digits.length % 4);
      const bytes = decodeDigits(digits.slice(0, whole), position - digits.length);
      carry = digits.slice(whole);
      const piece = bytes.subarray(Math.max(0, start - decoded), Math.max(0, end - decoded));
      decoded += bytes.length;
      if (piece.length > 0) yield piece;
    }
    if (decoded < end) throw new CmsError('CMS_TRUNCATED', 'the base64 text ends too soon', { offset: position });
  }

  private storedOffset(digit: number): number {
    const { bodyOffset, digits, stride } = this.lines;
    return bodyOffset + Math.floor(digit / digits) * stride + (digit % digits);
  }

  private withoutLineEnds(chunk: Buffer, offset: number): string {
    const { bodyOffset, digits, stride } = this.lines;
    const text = chunk.toString('latin1');
    const pieces: string[] = [];
    for (let index = 0; index < text.length;) {
      const inLine = (offset + index - bodyOffset) % stride;
      const next = index + (inLine < digits ? digits - inLine : stride - inLine);
      const piece = text.slice(index, next);
      if (inLine < digits) pieces.push(piece);
      else if (piece.trim() !== '') throw unevenLine(offset + index);
      index = next;
    }
    return pieces.join('');
  }
}

function unevenLine(offset: number): CmsError {
  return new CmsError('CMS_MALFORMED', 'the lines of the base64 text are uneven', { offset, expected: 'a line end' });
}
