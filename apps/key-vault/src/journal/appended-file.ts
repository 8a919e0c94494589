import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file that grows at its end alone, and only by what is on the disk. Every call waits for the disk: it is for a thread
 * of its own.
 */
export class AppendedFile {
  private constructor(
    private readonly path: string,
    private file: number,
    /** Bytes of what was added completely; what lies behind was never acknowledged. */
    private completeLength: number,
    private size: number,
  ) {}

  /** @param completeLength where the first addition begins. @throws Error of the file system */
  static open(path: string, completeLength: number): AppendedFile {
    const file = openForWriting(path);
    return new AppendedFile(path, file, completeLength, fstatSync(file).size);
  }

  get length(): number {
    return this.completeLength;
  }

  /** On the disk when it returns. @throws Error; then nothing was added. */
  append(text: string): void {
    this.checkUntouched();
    const bytes = Buffer.from(text);
    const end = this.completeLength + bytes.length;
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.file, bytes, written, bytes.length - written, this.completeLength + written);
      }
      // The rest of what a process of before had half written.
      if (this.size > end) ftruncateSync(this.file, end);
      fdatasyncSync(this.file);
    } catch (error) {
      // Half a line, on a full disk, must not stand between two others.
      this.cutOff();
      throw error;
    }
    this.completeLength = this.size = end;
  }

  /** Gives the file another name, removes others, and begins an empty one. @throws Error; then the file goes on. */
  rotate(to: string, remove: readonly string[]): void {
    renameSync(this.path, to);
    const next = openForWriting(this.path);
    closeSync(this.file);
    [this.file, this.completeLength, this.size] = [next, 0, 0];
    for (const old of remove) rmSync(old, { force: true });
    const directory = openSync(dirname(this.path), 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }

  close(): void {
    closeSync(this.file);
  }

  /** Nobody else writes this file: a second process would break the chain, and so would whoever moves it away. */
  private checkUntouched(): void {
    const [open, named] = [fstatSync(this.file), statSync(this.path)];
    if (open.ino !== named.ino || open.dev !== named.dev) throw new Error('the file was moved away or replaced');
    if (open.size !== this.size) throw new Error('somebody else changes the file');
  }

  private cutOff(): void {
    try {
      ftruncateSync(this.file, this.completeLength);
      this.size = this.completeLength;
    } catch {
      // The next addition overwrites it, and until then nothing happens.
      this.size = fstatSync(this.file).size;
    }
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return openSync(path, 'wx+', 0o600);
  }
}
