import { Inject, Injectable } from '@nestjs/common';
import { RcsError, type RedisConnection } from '#platform';
import { REDIS } from '../dependencies/injection-tokens.js';

/** After a failure Redis is left alone for this long, so that requests do not queue up behind its time-outs. */
const restMs = 1000;

/** Redis as requests use it: it answers within the command time-out or not at all, and a failure is known at once. */
@Injectable()
export class RedisGate {
  private restingUntil = 0;

  constructor(@Inject(REDIS) private readonly redis: RedisConnection) {}

  /**
   * @param publicDetail what cannot be done without it, where that is no session
   * @throws RcsError RCS_SESSION_UNAVAILABLE when Redis is away, slow or refuses.
   */
  async run<T>(work: (redis: RedisConnection) => Promise<T>, publicDetail?: string): Promise<T> {
    const unavailable = (why: string, cause?: unknown): RcsError =>
      new RcsError('RCS_SESSION_UNAVAILABLE', why, {
        cause,
        retryAfterMs: 2 * restMs,
        ...(publicDetail === undefined ? {} : { publicDetail }),
      });
    if (this.redis.status !== 'ready') throw unavailable(`the connection to Redis is ${this.redis.status}`);
    if (performance.now() < this.restingUntil) throw unavailable('Redis failed a moment ago');
    try {
      return await work(this.redis);
    } catch (error) {
      this.restingUntil = performance.now() + restMs;
      throw unavailable('Redis failed', error);
    }
  }
}
