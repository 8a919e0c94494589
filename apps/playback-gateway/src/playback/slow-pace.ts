const kibibyte = 1024;

/** For a player of which no more is known than that it has stalled. */
const firstWindow = 256 * kibibyte;
/** For one that took all of a window at once; the next ones are larger, until it is slow no more. */
const smallestWindow = 64 * kibibyte;
const largestWindow = 1024 * kibibyte;
/** By so much the system takes more at one time than at another. Something has to be left, or nobody hears when it takes more. */
const sparedBytes = 64 * kibibyte;

/**
 * How much is asked for at once for a player that has stalled: what it took between two waits the time before, and a little.
 * That is the part of the system's buffer that has to be free before the system takes more. The rest of a larger window would
 * be read and decrypted to be left lying, and smaller ones are more of them.
 */
export class SlowPace {
  private usual: number | undefined;
  /** Of players that take more than usual. */
  private more: number | undefined;
  private sinceWait = 0;

  /** Bytes; any number for a player that is not slow. */
  get window(): number {
    return this.more ?? this.usual ?? Infinity;
  }

  get isSlow(): boolean {
    return this.usual !== undefined;
  }

  /** Notes bytes that were written for the player. */
  wrote(bytes: number): void {
    this.sinceWait += bytes;
  }

  /** It has to be waited for, with what was written last. */
  waits(): void {
    const most = this.usual === undefined ? firstWindow : largestWindow;
    this.usual = Math.min(this.sinceWait + sparedBytes, most);
    this.more = undefined;
    this.sinceWait = 0;
  }

  /** It has taken a whole window without being waited for. */
  tookAtOnce(): void {
    if (!this.isSlow) return;
    this.more = this.more === undefined ? smallestWindow : 2 * this.more;
    if (this.more > largestWindow) this.usual = this.more = undefined;
  }
}
