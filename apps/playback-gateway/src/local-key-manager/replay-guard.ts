import { createHash } from 'node:crypto';
import type { KeyManagerOwner } from '#store';
import type { RedisGate } from '../redis/redis-gate.js';

/** What makes a signed request one of its kind. */
export interface SignedOnce {
  readonly id: string;
  /** Whose credential signed: two contact centers may have one id. */
  readonly owner: KeyManagerOwner;
  readonly ts: string;
  readonly nonce: string;
}

/** Remembers in Redis which requests came, for as long as their time would be accepted. */
export class ReplayGuard {
  /** @param seconds at least as long as a request stays fresh */
  constructor(
    private readonly gate: RedisGate,
    private readonly seconds: number,
  ) {}

  /** Whether nobody sent it before, to any gateway. @throws RcsError RCS_SESSION_UNAVAILABLE without Redis. */
  async isFirst({ id, owner, ts, nonce }: SignedOnce): Promise<boolean> {
    const digest = createHash('sha256')
      .update(JSON.stringify([owner ?? null, id, ts, nonce]))
      .digest('base64url');
    return (await this.gate.run(redis => redis.set(`hawk-nonce:${digest}`, '', 'EX', this.seconds, 'NX'))) === 'OK';
  }
}
