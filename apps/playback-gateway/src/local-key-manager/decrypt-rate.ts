import { Inject, Injectable, Optional } from '@nestjs/common';
import { RcsError, type LocalKeyManagerConfiguration } from '#platform';
import { KEY_MANAGER_SETTINGS } from '../dependencies/injection-tokens.js';
import { RedisGate } from '../redis/redis-gate.js';
import type { HawkCaller } from './hawk-authentication.js';

const windowMs = 1000;

/** Bounds how often one credential may have a block decrypted, over all gateways: what an oracle would need is time. */
@Injectable()
export class DecryptRate {
  private readonly perSecond: number;

  constructor(
    private readonly gate: RedisGate,
    @Inject(KEY_MANAGER_SETTINGS) { decryptsPerSecond }: Pick<LocalKeyManagerConfiguration, 'decryptsPerSecond'>,
    @Optional() private readonly now: () => number = Date.now,
  ) {
    this.perSecond = decryptsPerSecond;
  }

  /** @throws RcsError RCS_OVERLOADED with the time to wait, RCS_SESSION_UNAVAILABLE without Redis. */
  async take({ id, owner }: HawkCaller): Promise<void> {
    const now = this.now();
    const key = `hawk-decrypts:${Math.floor(now / windowMs)}:${JSON.stringify([owner ?? null, id])}`;
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
      `${id} of ${owner ?? 'no contact center'} asks for more than ${this.perSecond} decryptions a second`,
      { retryAfterMs: windowMs - (now % windowMs) },
    );
  }
}
