import { randomBytes } from 'node:crypto';
import { link, lstat, open, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file that appears under its name when it is complete, and not at all otherwise. Only its owner may read it. */
export class AtomicFile {
  private position = 0;

  private constructor(
    private readonly path: string,
    private readonly temporary: string,
    private readonly file: FileHandle,
    private readonly replace: boolean,
  ) {}

  /** @throws Error when the name is taken (unless it is a file that may be replaced) or cannot be written. */
  static async create(path: string, { replace }: { readonly replace: boolean }): Promise<AtomicFile> {
    const target = await writableTarget(path, replace);
    const name = `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.part`;
    const temporary = join(dirname(target), name);
    return new AtomicFile(target, temporary, await open(temporary, 'wx', 0o600), replace);
  }

  async write(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, written, bytes.length - written, this.position);
      written += bytesWritten;
      this.position += bytesWritten;
    }
  }

  /** Forgets what was written so far. */
  async restart(): Promise<void> {
    await this.file.truncate(0);
    this.position = 0;
  }

  /** Gives the file its name, after its content has reached the disk. */
  async commit(): Promise<void> {
    try {
      await this.file.datasync();
      await this.file.close();
      if (this.replace) await rename(this.temporary, this.path);
      else await appear(this.temporary, this.path);
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** Leaves nothing behind; after `commit` there is nothing to do. */
  async discard(): Promise<void> {
    await this.file.close();
    await rm(this.temporary, { force: true });
  }
}

async function writableTarget(path: string, replace: boolean): Promise<string> {
  const found = await lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return path;
  const target = await realpath(path);
  if (!(await lstat(target)).isFile()) throw new Error(`${path} is no regular file: write to another one`);
  if (!replace) throw new Error(`${path} exists already: choose another name, or replace it with --force`);
  return target;
}

/** A link, unlike a renaming, does not replace a file that came meanwhile. */
async function appear(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Error(`${path} exists already: choose another name, or replace it with --force`);
    // Some file systems know no links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await rename(temporary, path);
    return;
  }
  await rm(temporary, { force: true });
}
