import { LRUCache } from 'lru-cache';
import { entriesAtMost } from '#platform';
import type { RedisGate } from '../redis/redis-gate.js';

/** One bound on what is counted under a key. */
export interface AttemptLimit {
  readonly key: string;
  readonly limit: number;
}

/** Counts attempts of the last `windowMs` under several keys at once. */
export interface AttemptWindow {
  /**
   * Enters the attempt under every key, in their order, unless one of them is full: then under none. Counting and entering
   * are one step for each key, so that many at once cannot slip through. Answers 0, or the milliseconds until a key that is
   * full has room again.
   */
  enter(attempt: string, limits: readonly AttemptLimit[], windowMs: number): Promise<number>;
  /** Takes an attempt back. */
  leave(attempt: string, keys: readonly string[]): Promise<void>;
}

/** Redis's own clock, so that the clocks of gateways need not agree. */
const enterScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')
  local wait = oldest[2] + window - now
  if wait > 0 then return wait end
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], window)
return 0`;

/**
 * All gateways count together, under the names that `name` gives to keys. One key after the other, for they may be on several
 * nodes: whoever is refused by the first leaves no trace under the second, and so keeps nobody else out there.
 */
export class SharedAttemptWindow implements AttemptWindow {
  constructor(
    private readonly gate: RedisGate,
    private readonly name: (key: string) => string,
  ) {}

  async enter(attempt: string, limits: readonly AttemptLimit[], windowMs: number): Promise<number> {
    const entered: string[] = [];
    for (const { key, limit } of limits) {
      const wait = await this.gate.run(redis => redis.eval(enterScript, 1, this.name(key), attempt, windowMs, limit));
      if (Number(wait) > 0) {
        await this.leave(attempt, entered);
        // Whoever writes Redis may say that an attempt was in the future.
        return Math.min(Number(wait), windowMs);
      }
      entered.push(key);
    }
    return 0;
  }

  async leave(attempt: string, keys: readonly string[]): Promise<void> {
    await this.gate.run(redis => Promise.all(keys.map(key => redis.zrem(this.name(key), attempt))));
  }
}

const remembered = 20_000;

/** This gateway counts alone: for the time that Redis is away, and as a floor under what Redis says. */
export class LocalAttemptWindow implements AttemptWindow {
  private readonly attempts = new LRUCache<string, Map<string, number>>(entriesAtMost(remembered));

  constructor(private readonly now: () => number = () => performance.now()) {}

  enter(attempt: string, limits: readonly AttemptLimit[], windowMs: number): Promise<number> {
    const now = this.now();
    const waits = limits.map(({ key, limit }) => {
      const times = [...this.living(key, now - windowMs).values()];
      const oldest = times[times.length - limit];
      return oldest === undefined ? 0 : oldest + windowMs - now;
    });
    const wait = Math.max(0, ...waits);
    if (wait === 0) for (const { key } of limits) this.living(key, now - windowMs).set(attempt, now);
    return Promise.resolve(wait);
  }

  leave(attempt: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) this.attempts.get(key)?.delete(attempt);
    return Promise.resolve();
  }

  private living(key: string, since: number): Map<string, number> {
    const known = this.attempts.get(key) ?? new Map<string, number>();
    for (const [attempt, time] of known) if (time <= since) known.delete(attempt);
    this.attempts.set(key, known);
    return known;
  }
}

/** Two windows of which the fuller one decides: what is deleted from one is still in the other. */
export class FlooredAttemptWindow implements AttemptWindow {
  constructor(
    private readonly shared: AttemptWindow,
    private readonly floor: AttemptWindow,
  ) {}

  async enter(attempt: string, limits: readonly AttemptLimit[], windowMs: number): Promise<number> {
    const own = await this.floor.enter(attempt, limits, windowMs);
    if (own > 0) return own;
    try {
      const wait = await this.shared.enter(attempt, limits, windowMs);
      if (wait === 0) return 0;
      await this.leaveFloor(attempt, limits);
      return wait;
    } catch (error) {
      await this.leaveFloor(attempt, limits);
      throw error;
    }
  }

  async leave(attempt: string, keys: readonly string[]): Promise<void> {
    await this.floor.leave(attempt, keys);
    await this.shared.leave(attempt, keys);
  }

  private leaveFloor(attempt: string, limits: readonly AttemptLimit[]): Promise<void> {
    return this.floor.leave(
      attempt,
      limits.map(({ key }) => key),
    );
  }
}
