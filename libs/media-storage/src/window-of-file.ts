import type { Readable } from 'node:stream';
import { RcsError } from '#platform';
import { versionOfFile, type ByteWindow } from './byte-window.js';
import type { MediaLocation } from './storage-path.js';
import { checkStoredRange, type StoredObject } from './stored-object.js';

/** A member of a mounted archive as a stored file: reads ranges of the archive, inside its own bytes alone. */
export class WindowOfFile implements StoredObject {
  readonly size: number;
  readonly entityTag: string | undefined;
  readonly lastModified: Date | undefined;
  private readonly start: number;

  /** @throws RcsError RCS_CONTENT_CHANGED where the file is not the one of which the window was made */
  constructor(
    private readonly file: StoredObject,
    readonly location: MediaLocation,
    { start, end, size, version }: ByteWindow,
  ) {
    if (file.size !== size || versionOfFile(file) !== version) {
      const why = 'the file is not the archive that was mounted: unmount it, and mount what lies there now';
      throw new RcsError('RCS_CONTENT_CHANGED', `${location.segments.join('/')}: ${why}`, { publicDetail: why });
    }
    this.start = start;
    this.size = end - start;
    // Members of one archive are different files.
    this.entityTag = file.entityTag?.replace(/"$/, `-${start.toString(16)}"`);
    this.lastModified = file.lastModified;
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkStoredRange(start, end, this.size);
    return this.file.stream(this.start + start, this.start + end, signal);
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkStoredRange(start, end, this.size);
    return this.file.read(this.start + start, this.start + end, signal);
  }

  release(): void {
    this.file.release?.();
  }
}
