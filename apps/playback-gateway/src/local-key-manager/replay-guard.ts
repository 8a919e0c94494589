import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { LocalKeyManagerConfiguration } from '#platform';
import type { KeyManagerOwner } from '#store';
import { KEY_MANAGER_SETTINGS } from '../dependencies/injection-tokens.js';
import { RedisGate } from '../redis/redis-gate.js';

/** What makes a signed request one of its kind. */
export interface SignedOnce {
  readonly id: string;
  /** Whose credential signed: two contact centers may have one id. */
  readonly owner: KeyManagerOwner;
  readonly ts: string;
  readonly nonce: string;
}

/** Remembers in Redis which requests came, for as long as their time would be accepted. */
@Injectable()
export class ReplayGuard {
  private readonly seconds: number;

  constructor(
    private readonly gate: RedisGate,
    @Inject(KEY_MANAGER_SETTINGS) { timestampSkewSeconds }: Pick<LocalKeyManagerConfiguration, 'timestampSkewSeconds'>,
  ) {
    // A request is fresh from `skew` before to `skew` after its time; a minute more for clocks of gateways.
    this.seconds = 2 * timestampSkewSeconds + 60;
  }

  /** Whether nobody sent it before, to any gateway. @throws RcsError RCS_SESSION_UNAVAILABLE without Redis. */
  async isFirst({ id, owner, ts, nonce }: SignedOnce): Promise<boolean> {
    const digest = createHash('sha256')
      .update(JSON.stringify([owner ?? null, id, ts, nonce]))
      .digest('base64url');
    return (await this.gate.run(redis => redis.set(`hawk-nonce:${digest}`, '', 'EX', this.seconds, 'NX'))) === 'OK';
  }
}
