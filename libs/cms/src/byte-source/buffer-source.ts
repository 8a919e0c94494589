import { Readable } from 'node:stream';
import { type ByteSource, checkRange } from './byte-source.js';

const chunkBytes = 64 * 1024;

/** Bytes that are in memory already. */
export class BufferSource implements ByteSource {
  readonly size: number;

  constructor(private readonly bytes: Buffer) {
    this.size = bytes.length;
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkRange(start, end, this.size);
    signal.throwIfAborted();
    let position = start;
    const { bytes } = this;
    return new Readable({
      highWaterMark: chunkBytes,
      read() {
        const next = Math.min(end, position + chunkBytes);
        if (next > position) this.push(bytes.subarray(position, next));
        else this.push(null);
        position = next;
      },
    });
  }

  read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkRange(start, end, this.size);
    signal.throwIfAborted();
    return Promise.resolve(this.bytes.subarray(start, end));
  }
}
