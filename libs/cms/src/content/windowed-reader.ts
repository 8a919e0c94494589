import type { Readable } from 'node:stream';
import type { ByteSource } from '../byte-source/byte-source.js';

const windowBytes = 64 * 1024;
const jumpBytes = 512;

/**
 * Reads the tail of a source with few requests: once what is wanted lies in the last 64 KiB, all of it up to the end is
 * fetched and kept.
 */
export class WindowedReader implements ByteSource {
  readonly size: number;
  private window: Buffer = Buffer.alloc(0);
  private windowStart = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly signal: AbortSignal,
  ) {
    this.size = source.size;
  }

  /** As many of the bytes [start, end) as the source has. */
  readWithin(start: number, end: number): Promise<Buffer> {
    return this.read(start, Math.min(end, this.size), this.signal);
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    if (start < this.windowStart || end > this.windowStart + this.window.length) {
      const far = this.size - start > windowBytes;
      const fetchEnd = far ? Math.min(this.size, Math.max(end, start + jumpBytes)) : this.size;
      this.window = await this.source.read(start, fetchEnd, signal);
      this.windowStart = start;
    }
    return this.window.subarray(start - this.windowStart, end - this.windowStart);
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    return this.source.stream(start, end, signal);
  }
}
