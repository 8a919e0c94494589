import { setTimeout } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { entriesAtMost, RcsError } from '#platform';

export interface WaitingLimits {
  /** The longest that one attempt waits for the one before it, milliseconds. */
  readonly longestDelayMs: number;
  /** How many wait at once, in all lines together. */
  readonly mostWaiting: number;
  /** A line where nobody was for this long begins anew, milliseconds. */
  readonly windowMs: number;
}

interface Line {
  /** When the last of the line has its turn. */
  readonly turn: number;
  /** How long the next waits after that. */
  readonly delay: number;
}

export interface Clock {
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

const clock: Clock = { now: () => performance.now(), sleep: setTimeout };
const firstDelayMs = 100;
const rememberedLines = 20_000;

/**
 * Lines in which attempts wait one after the other, each longer than the one before. Whoever floods a line is slowed to
 * one attempt per delay; whoever comes once waits once. Nobody waits longer than twice the longest delay: they are told
 * when to come again.
 */
export class WaitingLines {
  private readonly lines = new LRUCache<string, Line>(entriesAtMost(rememberedLines));
  private waiting = 0;

  constructor(
    private readonly limits: WaitingLimits,
    private readonly time: Clock = clock,
  ) {}

  /** Waits for a turn in the line. @throws RcsError RCS_TOO_MANY_REQUESTS at once where too many wait already. */
  async wait(name: string): Promise<void> {
    const { longestDelayMs, mostWaiting } = this.limits;
    const now = this.time.now();
    const { turn: last, delay } = this.lineOf(name, now);
    const turn = Math.max(now, last) + delay;
    if (this.waiting >= mostWaiting || turn - now > 2 * longestDelayMs) {
      throw new RcsError('RCS_TOO_MANY_REQUESTS', 'too many failed logins from this address', {
        retryAfterMs: Math.max(turn - now, longestDelayMs),
      });
    }
    this.lines.set(name, { turn, delay: Math.min(longestDelayMs, 2 * delay) });
    this.waiting++;
    try {
      await this.time.sleep(turn - now);
    } finally {
      this.waiting--;
    }
  }

  private lineOf(name: string, now: number): Line {
    const line = this.lines.get(name);
    if (line !== undefined && now - line.turn < this.limits.windowMs) return line;
    return { turn: now, delay: Math.min(firstDelayMs, this.limits.longestDelayMs) };
  }
}
