import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { LocalKeyManagerConfiguration, RedisConnection } from '#platform';
import { entriesAtMost } from '#platform';
import type { KeyManagerOwner } from '#store';
import { KEY_MANAGER_SETTINGS } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';

/** What makes a signed request one of its kind. */
export interface SignedOnce {
  readonly id: string;
  /** Whose credential signed: two contact centers may have one id. */
  readonly owner: KeyManagerOwner;
  readonly ts: string;
  readonly nonce: string;
}

/** For callers, who have no sessions. */
export const signedRequestsWait = 'signed requests cannot be taken now, sign another one later';
/** Requests that this gateway itself remembers; some 20 MB when all are in use. */
const rememberedHere = 100_000;

/**
 * Remembers which requests came, for as long as their time would be accepted: in Redis for all gateways, and in memory for
 * this one, so that nobody who deletes from Redis has a request taken twice here.
 */
@Injectable()
export class ReplayGuard {
  private readonly seconds: number;
  private readonly digest;
  private readonly seenHere: LRUCache<string, true>;

  constructor(
    private readonly gate: RedisGate,
    @Inject(KEY_MANAGER_SETTINGS) { timestampSkewSeconds }: Pick<LocalKeyManagerConfiguration, 'timestampSkewSeconds'>,
    keys: GatewayKeys,
  ) {
    // A request is fresh from `skew` before to `skew` after its time; a minute more for clocks of gateways.
    this.seconds = 2 * timestampSkewSeconds + 60;
    this.digest = keys.digests('nonces of Hawk');
    this.seenHere = new LRUCache({ ...entriesAtMost(rememberedHere), ttl: this.seconds * 1000 });
  }

  /** Whether nobody sent it before, to any gateway. @throws RcsError RCS_SESSION_UNAVAILABLE without Redis. */
  async isFirst({ id, owner, ts, nonce }: SignedOnce): Promise<boolean> {
    const digest = this.digest(owner ?? null, id, ts, nonce);
    if (this.seenHere.has(digest)) return false;
    this.seenHere.set(digest, true);
    const put = (redis: RedisConnection) => redis.set(`hawk-nonce:${digest}`, '', 'EX', this.seconds, 'NX');
    return (await this.gate.run(put, signedRequestsWait)) === 'OK';
  }
}
