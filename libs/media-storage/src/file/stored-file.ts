import type { BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RcsError } from '#platform';
import type { MediaLocation } from '../media-location.js';
import type { StorageObserver } from '../media-storage-configuration.js';
import { checkStoredRange, type StoredObject } from '../stored-object.js';
import { fileError } from './file-errors.js';

const chunkBytes = 64 * 1024;

/** A local file as it was when it was opened. */
export class StoredFile implements StoredObject {
  readonly size: number;
  readonly entityTag: string;
  readonly lastModified: Date;

  constructor(
    readonly location: MediaLocation,
    private readonly path: string,
    stats: BigIntStats,
    private readonly observer: StorageObserver,
  ) {
    this.size = Number(stats.size);
    this.lastModified = stats.mtime;
    this.entityTag = entityTagOf(stats);
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkStoredRange(start, end, this.size);
    const chunks = start === end ? [] : this.chunks(start, end, signal);
    return Readable.from(chunks, { objectMode: false, highWaterMark: chunkBytes });
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkStoredRange(start, end, this.size);
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream(start, end, signal) as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks, end - start);
  }

  private async *chunks(start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    signal.throwIfAborted();
    let file: FileHandle | undefined;
    try {
      file = await open(this.path, 'r');
      if (entityTagOf(await file.stat({ bigint: true })) !== this.entityTag)
        throw new RcsError('RCS_STORAGE_CHANGED', `${this.path} is not what it was when it was opened`);
      for (let position = start; position < end;) {
        const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, end - position));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
        signal.throwIfAborted();
        if (bytesRead === 0) throw new RcsError('RCS_STORAGE_CHANGED', `${this.path} became shorter while it was read`);
        this.observer.received(bytesRead);
        position += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    } catch (error) {
      throw fileError(error);
    } finally {
      await file?.close();
    }
  }
}

/** The same for every worker that reads the same share, so without the number of the inode. */
const entityTagOf = ({ size, mtimeNs }: BigIntStats): string => `"${size.toString(16)}-${mtimeNs.toString(16)}"`;
