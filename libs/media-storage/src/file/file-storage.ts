import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, lstat, mkdir, open, realpath, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { RcsError } from '#platform';
import type { MediaLocation } from '../media-location.js';
import type { StorageObserver } from '../media-storage-configuration.js';
import type { MediaStorage, OpenHint, StoredObject } from '../stored-object.js';
import { fileError } from './file-errors.js';
import { giveName } from './give-name.js';
import { StoredFile } from './stored-file.js';

/** Media in a directory of this machine: archives, a mounted share. Links that lead out of the directory are refused. */
export class FileStorage implements MediaStorage {
  private readonly directory: string;

  constructor(
    url: string,
    private readonly observer: StorageObserver,
  ) {
    this.directory = fileURLToPath(url);
  }

  async open(location: MediaLocation, _hint: OpenHint, signal: AbortSignal): Promise<StoredObject> {
    signal.throwIfAborted();
    try {
      const path = await this.inside(join(this.directory, ...location.segments));
      const stats = await stat(path, { bigint: true });
      if (!stats.isFile()) throw new RcsError('RCS_STORAGE_FILE_MISSING', `${path} is no file`);
      return new StoredFile(location, path, stats, this.observer);
    } catch (error) {
      throw fileError(error);
    }
  }

  /** Written beside its place under another name first, so that nobody reads half a file; what is there is not replaced. */
  async put(
    location: MediaLocation,
    body: Buffer | Readable,
    length: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    let unfinished: string | undefined;
    try {
      const directory = await this.directoryFor(location);
      unfinished = join(directory, `.${randomUUID()}.part`);
      const source = Buffer.isBuffer(body) ? [body] : body;
      await pipeline(source, createWriteStream(unfinished, { flags: 'wx', mode: 0o640 }), { signal });
      await this.finish(unfinished, join(directory, location.segments.at(-1) ?? ''), length);
    } catch (error) {
      if (unfinished !== undefined) await rm(unfinished, { force: true });
      if (signal.aborted) throw signal.reason;
      throw fileError(error);
    } finally {
      if (body instanceof Readable) body.destroy();
    }
  }

  /** A link is not followed: what it leads to may be somebody else's. */
  async remove(location: MediaLocation, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      const base = await this.base();
      const written = join(base, ...location.segments);
      const directory = await this.inside(dirname(written));
      if (!(await lstat(written)).isFile()) throw new RcsError('RCS_STORAGE_FAILED', `${written} is no file to remove`);
      await unlink(written);
      await synced(directory);
    } catch (error) {
      const problem = fileError(error);
      if (!(problem instanceof RcsError && problem.code === 'RCS_STORAGE_FILE_MISSING')) throw problem;
    }
  }

  async move(from: MediaLocation, to: MediaLocation, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      const written = await this.inside(join(this.directory, ...from.segments));
      const directory = await this.directoryFor(to);
      await giveName(written, join(directory, to.segments.at(-1) ?? ''));
      await synced(directory);
    } catch (error) {
      throw fileError(error);
    }
  }

  async probe(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      const base = await this.base();
      if (!(await stat(base)).isDirectory()) throw new RcsError('RCS_STORAGE_FAILED', `${base} is no directory`);
      await access(base, constants.R_OK | constants.X_OK);
    } catch (error) {
      throw fileError(error);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private base(): Promise<string> {
    return realpath(this.directory).catch((error: unknown) => {
      // Not mounted: nobody can say what lies there.
      throw new RcsError('RCS_STORAGE_UNREACHABLE', `${this.directory} cannot be entered`, { cause: error });
    });
  }

  private async finish(unfinished: string, path: string, length: number | undefined): Promise<void> {
    const file = await open(unfinished, 'r');
    try {
      const { size } = await file.stat();
      if (length !== undefined && size !== length)
        throw new RcsError('RCS_STORAGE_FAILED', `${size} bytes came to be stored instead of ${length}`);
      await file.sync();
    } finally {
      await file.close();
    }
    await giveName(unfinished, path);
  }

  /** The directory of a location, made where it is missing. No step leads over a link to the outside. */
  private async directoryFor({ segments }: MediaLocation): Promise<string> {
    let directory = await realpath(this.directory);
    for (const segment of segments.slice(0, -1)) {
      const next = join(directory, segment);
      await mkdir(next, { mode: 0o750 }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
      directory = await this.inside(next);
    }
    return directory;
  }

  private async inside(written: string): Promise<string> {
    const [base, path] = await Promise.all([realpath(this.directory), realpath(written)]);
    if (path === base || path.startsWith(base === dirname(base) ? base : `${base}${sep}`)) return path;
    throw new RcsError('RCS_MEDIA_LOCATION_REFUSED', 'a link leads out of the storage');
  }
}

/** Makes what was done to the entries of a directory outlast a loss of power. */
async function synced(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
