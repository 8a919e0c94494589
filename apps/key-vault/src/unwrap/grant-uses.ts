import { LRUCache } from 'lru-cache';
import { RcsError } from '#platform';

const rememberedGrants = 100_000;
/** Longer than any grant lives. */
const memoryMs = 120_000;

/**
 * How often each grant was used at this vault. Workers that play a recording need it once each, and again when they have
 * forgotten the session key; somebody who got hold of a grant cannot go on with it without end.
 */
export class GrantUses {
  private readonly uses = new LRUCache<string, { count: number }>({ max: rememberedGrants, ttl: memoryMs });

  constructor(private readonly limit: number) {}

  /** Counts one use. @throws RcsError RCS_GRANT_REFUSED when there were too many */
  spend(grantId: string): void {
    const use = this.uses.get(grantId) ?? { count: 0 };
    if (use.count >= this.limit)
      throw new RcsError('RCS_GRANT_REFUSED', `grant refused: used ${use.count} times already`);
    use.count++;
    this.uses.set(grantId, use);
  }
}
