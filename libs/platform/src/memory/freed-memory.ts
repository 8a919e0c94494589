import { describeError } from '../errors/rcs-error.js';
import type { Logger } from '../logging/logger.js';
import { overwriteFreedMemory } from './overwrite-freed-memory.js';

export interface FreedMemoryOptions {
  /** From the first note until the memory is overwritten: what is on its way ends meanwhile. */
  readonly settleMs?: number;
  /** Between two times, however much goes. */
  readonly pauseMs?: number;
  /** Answers whether it is done. */
  readonly overwrite?: () => boolean;
}

/**
 * What was dropped and must not stay in freed memory. It is overwritten soon after the last note, and not more often than
 * once a minute: nothing else runs meanwhile.
 */
export class FreedMemory {
  private readonly settleMs: number;
  private readonly pauseMs: number;
  private readonly overwrite: () => boolean;
  private timer: NodeJS.Timeout | undefined;
  private last = -Infinity;

  constructor(
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
    { settleMs = 1000, pauseMs = 60_000, overwrite = overwriteFreedMemory }: FreedMemoryOptions = {},
  ) {
    this.settleMs = settleMs;
    this.pauseMs = pauseMs;
    this.overwrite = overwrite;
  }

  /** Something was dropped. */
  note(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(this.settleMs, this.last + this.pauseMs - performance.now());
    this.timer = setTimeout(() => this.run(), wait);
    this.timer.unref();
  }

  private run(): void {
    this.timer = undefined;
    const started = performance.now();
    try {
      const isAll = this.overwrite();
      this.last = performance.now();
      const ms = Math.round(this.last - started);
      this.logger.info({ ms, isAll }, 'freed memory was overwritten');
      if (!isAll) this.note();
    } catch (error) {
      this.last = performance.now();
      this.logger.warn({ error: describeError(error) }, 'freed memory cannot be overwritten');
    }
  }
}
