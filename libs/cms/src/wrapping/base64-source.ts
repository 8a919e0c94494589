import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ByteSource, checkRange } from '../byte-source/byte-source.js';
import { CmsError } from '../cms-error.js';
import { decodeDigits, paddedDigits } from './base64-digits.js';
import type { Wrapper } from './wrapper.js';

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
/** How much of the end of the text is looked at for the last digits: as little as is enough. */
const tailWindows = [512, 64 * 1024, 1024 * 1024] as const;

/**
 * Measures the first line and the end of the digits. Behind PEM and a mail other text may follow.
 * @returns undefined if the lines cannot all have the length of the first one.
 */
export async function measureBase64Lines(
  source: ByteSource,
  { kind, bodyOffset }: Wrapper,
  signal: AbortSignal,
): Promise<Base64Lines | undefined> {
  const begin = await source.read(bodyOffset, Math.min(source.size, bodyOffset + longestLine + 2), signal);
  const first = firstLineOf(begin.toString('latin1'));
  if (first === 'one line') return measureOneLine(source, bodyOffset, signal);
  if (first === undefined) return undefined;
  for (const window of tailWindows) {
    const lines = Math.max(0, Math.floor((source.size - window - bodyOffset) / first.stride));
    const offset = bodyOffset + lines * first.stride;
    const tail = (await source.read(offset, source.size, signal)).toString('latin1');
    const end = endOfDigits(tail, first, kind);
    if (end === 'uneven') return undefined;
    if (end !== 'elsewhere' || lines === 0) return end === 'elsewhere' ? undefined : measured(first, lines, end);
  }
  return undefined;

  function measured({ digits, stride }: FirstLine, before: number, end: EndOfDigits): Base64Lines | undefined {
    const count = (before + end.lines) * digits + end.rest;
    return count % 4 === 0 ? { bodyOffset, digits, stride, size: (count / 4) * 3 - end.padding } : undefined;
  }
}

interface FirstLine {
  readonly digits: number;
  readonly stride: number;
  readonly lineEnd: string;
}

function firstLineOf(begin: string): FirstLine | 'one line' | undefined {
  const lineEnd = /\r\n|\n|\r/.exec(begin);
  if (lineEnd === null) return 'one line';
  const digits = lineEnd.index;
  return digits > 0 && digits % 4 === 0
    ? { digits, stride: digits + lineEnd[0].length, lineEnd: lineEnd[0] }
    : // One line and the end of the text.
      undefined;
}

/** Text without a line end at its beginning has none but at its end. */
async function measureOneLine(
  source: ByteSource,
  bodyOffset: number,
  signal: AbortSignal,
): Promise<Base64Lines | undefined> {
  const offset = Math.max(bodyOffset, source.size - tailWindows[0]);
  const tail = (await source.read(offset, source.size, signal)).toString('latin1');
  const [rest = ''] = /^[A-Za-z0-9+/]*={0,2}/.exec(tail) ?? [];
  const digits = offset - bodyOffset + rest.length;
  if (!/^\s*(?:-----END |$)/.test(tail.slice(rest.length)) || digits === 0 || digits % 4 !== 0) return undefined;
  return {
    bodyOffset,
    digits,
    stride: digits,
    size: (digits / 4) * 3 - (rest.length - rest.replace(/=+$/, '').length),
  };
}

interface EndOfDigits {
  /** Whole lines in the tail, and digits behind them. */
  readonly lines: number;
  readonly rest: number;
  readonly padding: number;
}

/** Walks over the lines of a tail that begins where a line has to begin. */
function endOfDigits(
  tail: string,
  { digits, stride, lineEnd }: FirstLine,
  kind: Wrapper['kind'],
): EndOfDigits | 'uneven' | 'elsewhere' {
  let lines = 0;
  const isWhole = (at: number): boolean =>
    tail.startsWith(lineEnd, at + digits) && /^[A-Za-z0-9+/]+$/.test(tail.slice(at, at + digits));
  while (isWhole(lines * stride)) lines++;
  const last = tail.slice(lines * stride);
  const [rest = ''] = /^[A-Za-z0-9+/]*={0,2}/.exec(last.slice(0, digits)) ?? [];
  const behind = last.slice(rest.length);
  if (isEnd(behind, kind)) return { lines, rest: rest.length, padding: rest.length - rest.replace(/=+$/, '').length };
  return lines === 0 ? 'elsewhere' : 'uneven';
}

/** Nothing more, the last line of PEM, or behind a mail what does not go on like one. */
function isEnd(behind: string, kind: Wrapper['kind']): boolean {
  const next = /\S/.exec(behind)?.index;
  if (next === undefined) return true;
  if (kind === 'pem') return behind.startsWith('-----END ', next);
  return kind === 'smime' && isEndOfMail(behind, next);
}

/** A blank line, or the boundary of another part. */
export const isEndOfMail = (behind: string, next: number): boolean =>
  /\n[ \t]*\r?\n|\r\r/.test(behind.slice(0, Math.min(next, 200))) || behind.startsWith('--', next);

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
      // Behind the end of a block others may stand whose lines seem to go on with it.
      if (!paddedDigits.test(digits)) throw unevenLine(position - digits.length);
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
  const expected = 'lines of one length; open the file with a scan of its segments';
  return new CmsError('CMS_PATTERN_BROKEN', 'the lines of the base64 text are uneven', { offset, expected });
}
