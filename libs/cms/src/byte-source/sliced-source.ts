import { Readable } from 'node:stream';
import { type ByteSource, checkRange } from './byte-source.js';

/** Bytes [from, to) of another source, with some of our own before them. */
export class SlicedSource implements ByteSource {
  readonly size: number;

  constructor(
    private readonly whole: ByteSource,
    private readonly from: number,
    to: number,
    private readonly before: Buffer = Buffer.alloc(0),
  ) {
    checkRange(from, to, whole.size);
    this.size = before.length + to - from;
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkRange(start, end, this.size);
    const own = this.before.subarray(start, end);
    const rest = this.whole.stream(this.inside(start), this.inside(end), signal);
    return own.length === 0 ? rest : Readable.from(following(own, rest), { objectMode: false });
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkRange(start, end, this.size);
    const own = this.before.subarray(start, end);
    const rest = await this.whole.read(this.inside(start), this.inside(end), signal);
    return own.length === 0 ? rest : Buffer.concat([own, rest]);
  }

  private inside(offset: number): number {
    return this.from + Math.max(0, offset - this.before.length);
  }
}

async function* following(own: Buffer, rest: Readable): AsyncGenerator<Buffer> {
  yield own;
  for await (const chunk of rest as AsyncIterable<Buffer>) yield chunk;
}
