import { Inject, Injectable, Optional } from '@nestjs/common';
import { RcsError, type LocalKeyManagerConfiguration } from '#platform';
import { KEY_MANAGER_SETTINGS } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';
import type { HawkCaller } from './hawk-authentication.js';
import { signedRequestsWait } from './replay-guard.js';

const windowMs = 1000;

/**
 * Bounds how often one credential may have a block decrypted, over all gateways: what an oracle would need is time. Each
 * gateway counts by itself as well, so that nobody who changes the counters in Redis gets more than that from one.
 */
@Injectable()
export class DecryptRate {
  private readonly perSecond: number;
  private readonly digest;
  private countedHere = { second: 0, counts: new Map<string, number>() };

  constructor(
    private readonly gate: RedisGate,
    @Inject(KEY_MANAGER_SETTINGS) { decryptsPerSecond }: Pick<LocalKeyManagerConfiguration, 'decryptsPerSecond'>,
    keys: GatewayKeys,
    @Optional() private readonly now: () => number = Date.now,
  ) {
    this.digest = keys.digests('decryptions of Hawk');
    this.perSecond = decryptsPerSecond;
  }

  /** @throws RcsError RCS_OVERLOADED with the time to wait, RCS_SESSION_UNAVAILABLE without Redis. */
  async take({ id, owner }: HawkCaller): Promise<void> {
    const now = this.now();
    const second = Math.floor(now / windowMs);
    const caller = this.digest(owner ?? null, id);
    const key = `hawk-decrypts:${second}:${caller}`;
    const own = this.countHere(second, caller);
    const count = await this.gate.run(async redis => {
      const results = await redis
        .multi()
        .incr(key)
        .pexpire(key, 2 * windowMs)
        .exec();
      return Number(results?.[0]?.[1]);
    }, signedRequestsWait);
    if (own <= this.perSecond && count <= this.perSecond) return;
    throw new RcsError(
      'RCS_TOO_MANY_REQUESTS',
      `${id} of ${owner ?? 'no contact center'} asks for more than ${this.perSecond} decryptions a second`,
      { retryAfterMs: windowMs - (now % windowMs) },
    );
  }
  private countHere(second: number, caller: string): number {
    if (this.countedHere.second !== second) this.countedHere = { second, counts: new Map() };
    const count = (this.countedHere.counts.get(caller) ?? 0) + 1;
    this.countedHere.counts.set(caller, count);
    return count;
  }
}
