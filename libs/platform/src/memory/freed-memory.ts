import { describeError } from '../errors/rcs-error.js';
import type { Logger } from '../logging/logger.js';
import { overwriteFreedMemory } from './overwrite-freed-memory.js';

export interface FreedMemoryOptions {
  /** From the last note until the memory is overwritten: what is on its way ends meanwhile. Notes put it off ten times as long at most. */
  readonly settleMs?: number;
  /** Between two times, however much goes. */
  readonly pauseMs?: number;
  readonly overwrite?: () => void;
}

/** Notes put it off by so many times the time to settle. */
const longestPut = 9;
/** Streams and connections of a busy machine let go of some of what was dropped later than it takes to settle. */
const timesForEach = 2;

/**
 * What was dropped and must not stay in freed memory. It is overwritten soon after the last note and once more a minute later,
 * and not more often: nothing else runs meanwhile.
 */
export class FreedMemory {
  private readonly settleMs: number;
  private readonly pauseMs: number;
  private readonly overwrite: () => void;
  private timer: NodeJS.Timeout | undefined;
  /** When the timer fires, and when it does so at the latest, whatever is noted until then. */
  private due = Infinity;
  private latest = Infinity;
  private last = -Infinity;
  /** How often it is to be overwritten still. */
  private times = 0;

  constructor(
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
    { settleMs = 2000, pauseMs = 60_000, overwrite = overwriteFreedMemory }: FreedMemoryOptions = {},
  ) {
    this.settleMs = settleMs;
    this.pauseMs = pauseMs;
    this.overwrite = overwrite;
  }

  /** Something was dropped. */
  note(): void {
    this.times = timesForEach;
    this.plan();
  }

  private plan(): void {
    const now = performance.now();
    if (this.timer === undefined) {
      this.due = Math.max(now + this.settleMs, this.last + this.pauseMs);
      this.latest = this.due + longestPut * this.settleMs;
    } else {
      // What it is about is on its way still.
      const settled = Math.min(now + this.settleMs, this.latest);
      if (settled <= this.due) return;
      this.due = settled;
      clearTimeout(this.timer);
    }
    this.timer = setTimeout(() => this.run(), this.due - now);
    this.timer.unref();
  }

  private run(): void {
    this.timer = undefined;
    const started = performance.now();
    try {
      this.overwrite();
      this.last = performance.now();
      this.logger.info({ ms: Math.round(this.last - started) }, 'freed memory was overwritten');
      this.times--;
      if (this.times > 0) this.plan();
    } catch (error) {
      this.last = performance.now();
      this.logger.warn({ error: describeError(error) }, 'freed memory cannot be overwritten');
    }
  }
}
