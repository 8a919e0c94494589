import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const probeBytes = 4096;

/**
 * A file that grows at its end alone, and only by what is on the disk. What it is asked for is done on threads of libuv, one
 * thing after the other: whoever asks waits for the one before.
 */
export class AppendedFile {
  private constructor(
    private readonly path: string,
    private file: FileHandle,
    /** Bytes of what was added completely; what lies behind was never acknowledged. */
    private completeLength: number,
    private size: number,
  ) {}

  /** @param completeLength where the first addition begins. @throws Error of the file system */
  static async open(path: string, completeLength: number): Promise<AppendedFile> {
    const file = await openForWriting(path);
    return new AppendedFile(path, file, completeLength, (await file.stat()).size);
  }

  get length(): number {
    return this.completeLength;
  }

  /** On the disk when it resolves. @throws Error; then nothing was added. */
  async append(text: string): Promise<void> {
    await this.checkUntouched();
    const bytes = Buffer.from(text);
    const end = this.completeLength + bytes.length;
    try {
      await this.writeAtEnd(bytes);
      // The rest of what a process of before had half written.
      if (this.size > end) await this.file.truncate(end);
      await this.file.datasync();
    } catch (error) {
      // Half a line, on a full disk, must not stand between two others.
      await this.cutOff();
      throw error;
    }
    this.completeLength = this.size = end;
  }

  /** Whether something can be added now; nothing of it stays. @throws Error; then nothing can */
  async probe(): Promise<void> {
    await this.checkUntouched();
    try {
      // More than the rest of the last block, which is there on a full disk, too.
      await this.writeAtEnd(Buffer.alloc(probeBytes, ' '));
      await this.file.datasync();
    } finally {
      await this.cutOff();
    }
  }

  /** Gives the file another name, removes others, and begins an empty one. @throws Error; then the file goes on. */
  async rotate(to: string, removed: readonly string[]): Promise<void> {
    await rename(this.path, to);
    const next = await openForWriting(this.path);
    const before = this.file;
    [this.file, this.completeLength, this.size] = [next, 0, 0];
    await before.close();
    for (const old of removed) await rm(old, { force: true });
    const directory = await open(dirname(this.path), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async writeAtEnd(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const position = this.completeLength + written;
      const { bytesWritten } = await this.file.write(bytes, written, bytes.length - written, position);
      written += bytesWritten;
    }
  }

  /** Nobody else writes this file: a second process would break the chain, and so would whoever moves it away. */
  private async checkUntouched(): Promise<void> {
    const [opened, named] = await Promise.all([this.file.stat(), stat(this.path)]);
    if (opened.ino !== named.ino || opened.dev !== named.dev) throw new Error('the file was moved away or replaced');
    if (opened.size !== this.size) throw new Error('somebody else changes the file');
  }

  private async cutOff(): Promise<void> {
    try {
      await this.file.truncate(this.completeLength);
      this.size = this.completeLength;
    } catch {
      // The next addition overwrites it, and until then nothing happens.
      this.size = (await this.file.stat()).size;
    }
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return open(path, 'wx+', 0o600);
  }
}
