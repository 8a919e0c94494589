import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CmsError } from '../cms-error.js';
import { type ByteSource, checkRange } from './byte-source.js';

const chunkBytes = 64 * 1024;

/** A local file. Its size is the one it had when it was opened. */
export class FileSource implements ByteSource {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    readonly size: number,
  ) {}

  static async open(path: string): Promise<FileSource> {
    const file = await open(path, 'r');
    try {
      return new FileSource(file, path, (await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkRange(start, end, this.size);
    if (start === end) return Readable.from([]);
    return createReadStream(this.path, {
      fd: this.file.fd,
      autoClose: false,
      start,
      end: end - 1,
      highWaterMark: chunkBytes,
      signal,
    });
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkRange(start, end, this.size);
    const bytes = Buffer.allocUnsafe(end - start);
    for (let filled = 0; filled < bytes.length;) {
      signal.throwIfAborted();
      const { bytesRead } = await this.file.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) {
        throw new CmsError('CMS_TRUNCATED', 'the file became shorter while it was read', { offset: start + filled });
      }
      filled += bytesRead;
    }
    return bytes;
  }

  /** Streams in flight fail. */
  close(): Promise<void> {
    return this.file.close();
  }
}
