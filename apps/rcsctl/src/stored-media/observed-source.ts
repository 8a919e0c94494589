import type { Readable } from 'node:stream';
import type { ByteSource } from '#cms';

/** Tells how many bytes go through, for somebody who watches. */
export class ObservedSource implements ByteSource {
  readonly size: number;

  constructor(
    private readonly source: ByteSource,
    private readonly onBytes: (bytes: number) => void,
  ) {
    this.size = source.size;
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    const stream = this.source.stream(start, end, signal);
    // The reader takes hold of the stream in this very turn, so that nothing flows past it.
    // eslint-disable-next-line no-restricted-syntax -- its errors belong to that reader
    stream.on('data', (chunk: Buffer) => this.onBytes(chunk.length));
    return stream;
  }

  read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    return this.source.read(start, end, signal);
  }
}
