import { stat } from 'node:fs/promises';

/**
 * Looks at files again and again. Polling, because a mounted Kubernetes volume changes by exchanging a symbolic link
 * above the files, which file system events of the files themselves do not show.
 */
export class WatchedFiles {
  private timer: NodeJS.Timeout | undefined;
  private seen: string | undefined;

  /**
   * @param paths the files to look at, asked for each time.
   * @param changed called after any of them changed; the next look comes when it has settled.
   */
  constructor(
    private readonly paths: () => readonly string[],
    private readonly intervalMs: number,
    private readonly changed: () => Promise<void>,
  ) {}

  /** Takes the present state as known. */
  async start(): Promise<void> {
    this.seen = await this.signature();
    this.schedule();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.look(), this.intervalMs);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const now = await this.signature();
    if (now !== this.seen) {
      this.seen = now;
      await this.changed();
    }
    if (this.timer !== undefined) this.schedule();
  }

  private async signature(): Promise<string> {
    return JSON.stringify(await Promise.all(this.paths().map(signatureOf)));
  }
}

/** A file that is away for a moment has a signature, too: its return is a change. */
async function signatureOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${path} ${dev} ${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    return `${path} ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`;
  }
}
