import { open, link, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ArchiveBytes } from '#archive';

/** While an archive is written it is called so: nobody takes it for a whole one. */
export const unfinishedName = (file: string): string => `${file}.unfinished`;

/**
 * Writes an archive into a file that nobody has yet, and gives it its name when it is durable. What is left of one that
 * broke off stays under the unfinished name, and is written anew the next time.
 * @returns bytes. @throws ArchiveBrokeOff; Error EEXIST where there is such a file
 */
export async function writeArchive(file: string, pieces: AsyncIterable<Buffer>): Promise<number> {
  const unfinished = unfinishedName(file);
  const handle = await open(unfinished, 'w', 0o600);
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      await writeWhole(handle, piece);
      bytes += piece.length;
    }
    await handle.sync();
  } catch (error) {
    throw new ArchiveBrokeOff(file, bytes, error);
  } finally {
    await handle.close();
  }
  // Unlike a renaming, a link takes no name that is taken.
  await link(unfinished, file);
  await unlink(unfinished);
  await syncDirectory(dirname(file));
  return bytes;
}

/** An archive that did not come to its end. */
export class ArchiveBrokeOff extends Error {
  override readonly name = 'ArchiveBrokeOff';

  constructor(file: string, bytes: number, cause: unknown) {
    const why = isOfDisk(cause)
      ? `${unfinishedName(file)} cannot be written: ${cause.message}`
      : `the gateway broke it off: its audit (archive-finished) says why, as that a stored file is not the one that was recorded`;
    super(`${file} is not there: after ${bytes} bytes ${why}. Mend that and make it again`, { cause });
  }
}

const diskErrors = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EFBIG']);
const isOfDisk = (error: unknown): error is NodeJS.ErrnoException =>
  diskErrors.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');

async function writeWhole(handle: FileHandle, piece: Buffer): Promise<void> {
  for (let at = 0; at < piece.length;) at += (await handle.write(piece, at)).bytesWritten;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** An archive on disk, open. */
export class ArchiveFile implements ArchiveBytes {
  private constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  static async open(file: string): Promise<ArchiveFile> {
    const handle = await open(file, 'r');
    return new ArchiveFile(handle, (await handle.stat()).size);
  }

  async read(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.alloc(end - start);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await this.handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw new Error(`the file ends at byte ${start + at}: it was cut while it was read`);
      at += bytesRead;
    }
    return bytes;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
