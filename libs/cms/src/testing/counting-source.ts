import { Readable } from 'node:stream';
import type { ByteSource } from '../byte-source/byte-source.js';

/** Stored bytes that arrive in chunks of given sizes, and a record of what was asked for. */
export class CountingSource implements ByteSource {
  readonly size: number;
  readonly streams: Readable[] = [];
  bytesAsked = 0;
  requests = 0;
  bytesDelivered = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly chunkSizes: readonly number[] = [64 * 1024],
  ) {
    this.size = bytes.length;
  }

  stream(start: number, end: number): Readable {
    this.ask(start, end);
    const stream = Readable.from(this.chunks(start, end), { objectMode: false, highWaterMark: 1 });
    this.streams.push(stream);
    return stream;
  }

  read(start: number, end: number): Promise<Buffer> {
    this.ask(start, end);
    return Promise.resolve(this.bytes.subarray(start, end));
  }

  resetCounters(): void {
    this.bytesAsked = 0;
    this.requests = 0;
  }

  private async *chunks(start: number, end: number): AsyncGenerator<Buffer> {
    let position = start;
    for (let number = 0; position < end; number++) {
      const size = this.chunkSizes[number % this.chunkSizes.length] ?? 1;
      const chunk = this.bytes.subarray(position, Math.min(end, position + size));
      position += chunk.length;
      this.bytesDelivered += chunk.length;
      await Promise.resolve();
      yield chunk;
    }
  }

  private ask(start: number, end: number): void {
    if (start < 0 || start > end || end > this.size)
      throw new RangeError(`asked for [${start}, ${end}) of ${this.size}`);
    this.requests++;
    this.bytesAsked += end - start;
  }
}
