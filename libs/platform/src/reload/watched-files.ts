import { statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Files that changed are looked at again so soon, milliseconds: whoever writes them may not be done. */
const settlingMs = 100;

/**
 * Looks at files again and again. Polling, because a mounted Kubernetes volume changes by exchanging a symbolic link
 * above the files, which file system events of the files themselves do not show.
 */
export class WatchedFiles {
  private timer: NodeJS.Timeout | undefined;
  /** What was told of. */
  private known: string;
  /** At the last look. */
  private seen: string;

  /**
   * Takes the present state of the files as known: make it before they are read.
   * @param paths the files to look at, asked for each time.
   * @param intervalMs from one look to the next, milliseconds.
   * @param changed called when any of them changed and two looks found the same; the next look comes when it has settled.
   */
  constructor(
    private readonly paths: () => readonly string[],
    private readonly intervalMs: number,
    private readonly changed: () => Promise<void>,
  ) {
    this.known = JSON.stringify(paths().map(signatureNow));
    this.seen = this.known;
  }

  /** From now on changes are told, and those since it was made. */
  start(): void {
    this.schedule(0);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => void this.look(), afterMs);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const now = await this.signature();
    const hasSettled = now === this.seen;
    this.seen = now;
    if (now !== this.known && hasSettled) {
      this.known = now;
      await this.changed();
    }
    if (this.timer !== undefined)
      this.schedule(now === this.known ? this.intervalMs : Math.min(settlingMs, this.intervalMs));
  }

  private async signature(): Promise<string> {
    return JSON.stringify(await Promise.all(this.paths().map(signatureOf)));
  }
}

async function signatureOf(path: string): Promise<string> {
  try {
    return signature(path, await stat(path, { bigint: true }));
  } catch (error) {
    return signatureWithout(path, error);
  }
}

function signatureNow(path: string): string {
  try {
    return signature(path, statSync(path, { bigint: true }));
  } catch (error) {
    return signatureWithout(path, error);
  }
}

/** A file that may be read now, and could not be before, was changed as well: its ctime says so. */
const signature = (path: string, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${path} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;

/** A file that is away for a moment has a signature, too: its return is a change. */
const signatureWithout = (path: string, error: unknown): string =>
  `${path} ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`;
