import { Readable } from 'node:stream';
import type { ByteSource } from '#cms';
import { encodeHeader } from '../../libs/cms/src/asn1/der-encoder.js';

/** Bytes that are made when they are looked at, so that a file may be larger than memory and disk. */
export interface Rope {
  readonly length: number;
  /** Bytes [start, end). */
  read(start: number, end: number): Buffer;
}

export const literal = (bytes: Buffer): Rope => ({
  length: bytes.length,
  read: (start, end) => bytes.subarray(start, end),
});

export function joined(...parts: readonly Rope[]): Rope {
  return {
    length: parts.reduce((sum, part) => sum + part.length, 0),
    read(start, end) {
      const pieces: Buffer[] = [];
      let offset = 0;
      for (const part of parts) {
        const [from, to] = [Math.max(start, offset), Math.min(end, offset + part.length)];
        if (from < to) pieces.push(part.read(from - offset, to - offset));
        offset += part.length;
      }
      const [only] = pieces;
      return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
    },
  };
}

export const element = (tag: number, ...content: readonly Rope[]): Rope => {
  const body = joined(...content);
  return joined(literal(encodeHeader(tag, body.length)), body);
};

export const indefinite = (tag: number, ...content: readonly Rope[]): Rope =>
  joined(literal(Buffer.from([tag, 0x80])), ...content, literal(Buffer.alloc(2)));

/** The content cut into OCTET STRINGs of this size; the last one holds the rest. */
export function segments(content: Rope, size: number): Rope {
  const header = encodeHeader(0x04, size);
  const stride = header.length + size;
  const count = Math.floor(content.length / size);
  const rest = content.length - count * size;
  const whole: Rope = {
    length: count * stride,
    read(start, end) {
      const first = Math.floor(start / stride) * size;
      const contents = content.read(first, Math.min(count * size, Math.ceil(end / stride) * size));
      const pieces: Buffer[] = [];
      for (let offset = start; offset < end;) {
        const [index, within] = [Math.floor(offset / stride), offset % stride];
        const next = Math.min(end, index * stride + (within < header.length ? header.length : stride));
        const from = index * size - first + within - header.length;
        pieces.push(
          within < header.length
            ? header.subarray(within, within + next - offset)
            : contents.subarray(from, from + next - offset),
        );
        offset = next;
      }
      return Buffer.concat(pieces);
    },
  };
  const last: Rope = { length: rest, read: (start, end) => content.read(count * size + start, count * size + end) };
  return rest === 0 ? whole : joined(whole, literal(encodeHeader(0x04, rest)), last);
}

/** Base64 in lines of this many digits, a multiple of four, each but the last with a line end. */
export function base64Lines(content: Rope, width: number, lineEnd: string): Rope {
  const digits = Math.ceil(content.length / 3) * 4;
  const stride = width + lineEnd.length;
  const bytesPerLine = (width / 4) * 3;
  const lines = Math.ceil(digits / width);
  const length = digits + (lines - 1) * lineEnd.length;
  return {
    length,
    read(start, end) {
      const [first, last] = [Math.floor(start / stride), Math.floor((end - 1) / stride)];
      const bytes = content.read(first * bytesPerLine, Math.min(content.length, (last + 1) * bytesPerLine));
      const text = bytes.toString('base64').replace(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${lineEnd}`);
      // What ends with a line that is not the last one of the file ends with its line end, too.
      const complete = last < lines - 1 ? text + lineEnd : text;
      return Buffer.from(complete.slice(start - first * stride, end - first * stride), 'latin1');
    },
  };
}

const chunkBytes = 64 * 1024;

/** A rope as a stored file that counts what is read of it. */
export class SyntheticFile implements ByteSource {
  readonly size: number;
  bytesRead = 0;

  constructor(private readonly rope: Rope) {
    this.size = rope.length;
  }

  stream(start: number, end: number): Readable {
    this.bytesRead += end - start;
    return Readable.from(this.chunks(start, end), { objectMode: false, highWaterMark: chunkBytes });
  }

  read(start: number, end: number): Promise<Buffer> {
    this.bytesRead += end - start;
    return Promise.resolve(this.rope.read(start, end));
  }

  private *chunks(start: number, end: number): Generator<Buffer> {
    for (let offset = start; offset < end; offset += chunkBytes) {
      yield this.rope.read(offset, Math.min(end, offset + chunkBytes));
    }
  }
}
