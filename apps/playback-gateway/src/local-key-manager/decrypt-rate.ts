import { RcsError } from '#platform';
import type { RedisGate } from '../sessions/redis-gate.js';

const windowMs = 1000;

/** Bounds how often one credential may have a block decrypted, over all gateways: what an oracle would need is time. */
export class DecryptRate {
  constructor(
    private readonly gate: RedisGate,
    private readonly perSecond: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws RcsError RCS_OVERLOADED with the time to wait, RCS_SESSION_UNAVAILABLE without Redis. */
  async take(credentialId: string): Promise<void> {
    const now = this.now();
    const key = `hawk-decrypts:${Math.floor(now / windowMs)}:${credentialId}`;
    const count = await this.gate.run(async redis => {
      const results = await redis
        .multi()
        .incr(key)
        .pexpire(key, 2 * windowMs)
        .exec();
      return Number(results?.[0]?.[1]);
    });
    if (count <= this.perSecond) return;
    throw new RcsError(
      'RCS_TOO_MANY_REQUESTS',
      `${credentialId} asks for more than ${this.perSecond} decryptions a second`,
      {
        retryAfterMs: windowMs - (now % windowMs),
      },
    );
  }
}
