import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Reads the keys of a token again for those who miss one: for all of them together, and so often at most. Every reading
 * begins after its askers asked, so that none misses what was there by then.
 */
export class SharedReading {
  private waiting: Promise<void> | undefined;
  private begunAt = -Infinity;

  constructor(
    private readonly intervalMs: number,
    private readonly read: () => Promise<void>,
  ) {}

  /** Resolves when the next reading is done. @throws whatever the reading throws */
  next(): Promise<void> {
    this.waiting ??= this.start();
    return this.waiting;
  }

  private async start(): Promise<void> {
    await sleep(Math.max(0, this.begunAt + this.intervalMs - performance.now()));
    this.waiting = undefined;
    this.begunAt = performance.now();
    await this.read();
  }
}
