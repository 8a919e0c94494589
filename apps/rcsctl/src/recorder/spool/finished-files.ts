import { mkdir, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { SpooledFile } from './spooled-files.js';

/** What becomes of a plain file that is recorded: it goes to this folder, or away. */
export type Finish = { readonly moveTo: string } | { readonly remove: true };

/** Where files go when they are done with. Folders keep their names below it. */
export class FinishedFiles {
  constructor(
    private readonly spool: string,
    private readonly finish: Finish,
    private readonly asideFolder: string,
  ) {}

  /** The media last: as long as it is there it is found again. */
  async recorded(file: SpooledFile): Promise<void> {
    if ('moveTo' in this.finish) return this.move(file, this.finish.moveTo);
    if (file.beside !== undefined) await unlinkIfThere(file.beside);
    await unlinkIfThere(file.path);
  }

  /** With the reason in a file beside it. */
  async aside(file: SpooledFile, reason: string): Promise<void> {
    const place = join(this.asideFolder, relative(this.spool, file.path));
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await writeFile(`${place}.error.txt`, `${reason}\n`, { mode: 0o600 });
    await this.move(file, this.asideFolder);
  }

  private async move({ path, beside }: SpooledFile, folder: string): Promise<void> {
    for (const from of [beside, path]) {
      if (from === undefined) continue;
      const inside = relative(this.spool, from);
      const to = join(folder, inside.startsWith('..') ? inside.replace(/^(\.\.[/\\])+/, '') : inside);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rename(from, to);
    }
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
