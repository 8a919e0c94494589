const firstMs = 250;
const longestMs = 4000;

/**
 * When something that failed is tried again: further and further apart, until it has proven that it works. Replicas lose a
 * shared token together; they should not all come back in the same moment.
 */
export class BackOff {
  private delayMs = firstMs;
  private nextAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly attempt: () => void) {}

  /** When the next caller may have luck, milliseconds. */
  get retryAfterMs(): number {
    return Math.ceil(Math.min(longestMs, Math.max(firstMs, this.nextAt - performance.now())));
  }

  /** The next attempt, instead of one that was scheduled before. */
  schedule(): void {
    clearTimeout(this.timer);
    const waitMs = this.delayMs * (0.5 + Math.random() / 2);
    this.delayMs = Math.min(this.delayMs * 2, longestMs);
    this.nextAt = performance.now() + waitMs;
    this.timer = setTimeout(this.attempt, waitMs);
  }

  /** It works: the next failure is the first one again. */
  proven(): void {
    this.delayMs = firstMs;
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
