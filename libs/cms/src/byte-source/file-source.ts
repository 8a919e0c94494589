import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CmsError } from '../cms-error.js';
import { type ByteSource, checkRange } from './byte-source.js';

const chunkBytes = 64 * 1024;

/** A local file. Its size is the one it had when it was opened. */
export class FileSource implements ByteSource {
  private constructor(
    private readonly file: FileHandle,
    readonly size: number,
  ) {}

  static async open(path: string): Promise<FileSource> {
    const file = await open(path, 'r');
    try {
      return new FileSource(file, (await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkRange(start, end, this.size);
    return new FileRange(this.file, start, end, signal);
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkRange(start, end, this.size);
    const bytes = Buffer.allocUnsafe(end - start);
    for (let filled = 0; filled < bytes.length;) {
      signal.throwIfAborted();
      filled += await readSome(this.file, bytes.subarray(filled), start + filled);
    }
    return bytes;
  }

  /** Streams in flight fail. */
  close(): Promise<void> {
    return this.file.close();
  }
}

/** A range of a file that stays open when the stream is destroyed; the streams of node:fs would close it. */
class FileRange extends Readable {
  constructor(
    private readonly file: FileHandle,
    private position: number,
    private readonly end: number,
    signal: AbortSignal,
  ) {
    super({ highWaterMark: chunkBytes, signal });
  }

  override _read(): void {
    if (this.position === this.end) {
      this.push(null);
      return;
    }
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, this.end - this.position));
    readSome(this.file, chunk, this.position).then(
      length => {
        this.position += length;
        this.push(chunk.subarray(0, length));
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }
}

async function readSome(file: FileHandle, into: Buffer, position: number): Promise<number> {
  const { bytesRead } = await file.read(into, 0, into.length, position);
  if (bytesRead > 0) return bytesRead;
  throw new CmsError('CMS_TRUNCATED', 'the file became shorter while it was read', { offset: position });
}
