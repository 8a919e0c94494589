import { createReadStream, type Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { RcsError } from '#platform';
import type { MediaLocation } from '../media-location.js';
import type { MediaStorage, OpenHint, StoredObject } from '../stored-object.js';

/** Media in a directory of this machine: archives, a mounted share. */
export class FileStorage implements MediaStorage {
  private readonly directory: string;

  constructor(url: string) {
    this.directory = fileURLToPath(url);
  }

  /** Links that lead out of the directory are refused. */
  async open(location: MediaLocation, _hint: OpenHint, signal: AbortSignal): Promise<StoredObject> {
    signal.throwIfAborted();
    try {
      const [base, path] = await Promise.all([
        realpath(this.directory),
        realpath(join(this.directory, ...location.segments)),
      ]);
      if (!path.startsWith(`${base}${sep}`))
        throw new RcsError('RCS_MEDIA_LOCATION_REFUSED', 'a link leads out of the storage');
      const stats = await stat(path);
      if (!stats.isFile()) throw new RcsError('RCS_STORAGE_FILE_MISSING', `${path} is no file`);
      return new StoredFile(location, path, stats);
    } catch (error) {
      throw fileError(error);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class StoredFile implements StoredObject {
  readonly size: number;
  readonly entityTag: string;
  readonly lastModified: Date;

  constructor(
    readonly location: MediaLocation,
    private readonly path: string,
    stats: Stats,
  ) {
    this.size = stats.size;
    this.lastModified = stats.mtime;
    this.entityTag = entityTagOf(stats);
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    if (start === end) return Readable.from([], { objectMode: false });
    return Readable.from(this.chunks(start, end, signal), { objectMode: false });
  }

  read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    return buffer(this.stream(start, end, signal));
  }

  private async *chunks(start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    let position = start;
    try {
      if (entityTagOf(await stat(this.path)) !== this.entityTag) {
        throw new RcsError('RCS_STORAGE_CHANGED', `${this.path} is not what it was when it was opened`);
      }
      const source = createReadStream(this.path, { start, end: end - 1, highWaterMark: 64 * 1024, signal });
      for await (const chunk of source as AsyncIterable<Buffer>) {
        position += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw fileError(error);
    }
    if (position < end) throw new RcsError('RCS_STORAGE_CHANGED', `${this.path} became shorter while it was read`);
  }
}

const entityTagOf = (stats: Stats): string => `"${stats.size.toString(16)}-${Math.round(stats.mtimeMs).toString(16)}"`;

function fileError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new RcsError('RCS_STORAGE_FILE_MISSING', undefined, { cause: error });
  if (code === 'EACCES' || code === 'EPERM')
    return new RcsError('RCS_STORAGE_ACCESS_REFUSED', undefined, { cause: error });
  return error;
}
