import { describeError, SocketDirectory, socketNameOf, type Logger } from '#platform';

/** What names the directory. */
const option = 'serverSettings.workerSocketDirectory';

/**
 * The workers of this host, which are reached through sockets in one directory. Whose socket one is says its name, which
 * is made from the worker's own in its signed registration; a path is never taken from anybody.
 */
export class NearbyWorkers {
  private directory: SocketDirectory | undefined;
  /** By instance. */
  private paths: ReadonlyMap<string, string> = new Map();
  private failed = false;

  private constructor(
    private readonly path: string | false,
    private readonly logger: Pick<Logger, 'warn' | 'info'>,
  ) {
    if (path !== false) this.directory = SocketDirectory.open(path, option);
  }

  /** @param path false where all workers are reached over TLS. @throws ConfigurationError where it cannot be trusted */
  static in(path: string | false, logger: Pick<Logger, 'warn' | 'info'>): NearbyWorkers {
    return new NearbyWorkers(path, logger);
  }

  get count(): number {
    return this.paths.size;
  }

  /** Finds the sockets of these workers, once their registrations are verified. */
  look(instances: Iterable<string>): void {
    if (this.path === false) return;
    try {
      const directory = this.present(this.path);
      const there = new Set(directory.names());
      const found = new Map<string, string>();
      for (const instance of instances) {
        const name = socketNameOf(instance);
        if (there.has(name) && directory.socket(name) !== undefined) found.set(instance, directory.pathOf(name));
      }
      this.paths = found;
      this.failed = false;
    } catch (error) {
      this.paths = new Map();
      if (!this.failed) this.logger.warn({ error: describeError(error) }, 'workers of this host are asked over TLS');
      this.failed = true;
    }
  }

  /** Where the worker is reached; undefined where TLS is the way. */
  socketOf(instance: string): string | undefined {
    return this.paths.get(instance);
  }

  /** Nobody answers there: TLS is the way until it was looked for again. */
  lost(instance: string): void {
    this.paths = new Map([...this.paths].filter(([name]) => name !== instance));
  }

  /** TLS is the way to all, until they were looked for again. */
  loseAll(): void {
    this.paths = new Map();
  }

  close(): void {
    this.loseAll();
    this.directory?.release();
    this.directory = undefined;
  }

  /** The directory of that name as it is now: it may have been removed and made again. */
  private present(path: string): SocketDirectory {
    if (this.directory?.isInPlace === true) return this.directory;
    const opened = SocketDirectory.open(path, option);
    this.directory?.release();
    return (this.directory = opened);
  }
}
