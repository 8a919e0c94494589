import { link, open, rename, rm } from 'node:fs/promises';
import { RcsError } from '#platform';

/** File systems without hard links: FAT, some shares. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Gives a finished file its name, and takes the other from it; a file of that name is never replaced. A rename would do
 * that, a hard link does not (link(2)).
 * @throws RcsError RCS_STORAGE_FILE_EXISTS
 */
export async function giveName(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path);
    await rm(unfinished);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw fileExists(path);
    if (!noLinks.includes(code ?? '')) throw error;
    await claimAndRename(unfinished, path);
  }
}

/** The name is taken with an empty file of our own, which O_EXCL makes for one writer only; that one may be replaced. */
export async function claimAndRename(unfinished: string, path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o640)).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(path);
    throw error;
  }
  try {
    await rename(unfinished, path);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

function fileExists(path: string): RcsError {
  const message = `${path} is there already and stays as it is: store under another name`;
  return new RcsError('RCS_STORAGE_FILE_EXISTS', message);
}
