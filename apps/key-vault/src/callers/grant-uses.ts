import { LRUCache } from 'lru-cache';
import { entriesAtMost, RcsError } from '#platform';

/** More than come while one lives. */
const rememberedGrants = 200_000;

/**
 * How often each grant was used at this vault. Workers that play a recording need it once each, and again when they have
 * forgotten the session key; somebody who got hold of a grant cannot go on with it without end.
 */
export class GrantUses {
  private readonly uses = new LRUCache<string, { count: number }>(entriesAtMost(rememberedGrants));

  constructor(private readonly limit: number) {}

  /** Counts one use. @throws RcsError RCS_GRANT_REFUSED when there were too many */
  spend(grantId: string): void {
    const use = this.uses.get(grantId);
    if (use === undefined) this.uses.set(grantId, { count: 1 });
    else if (use.count < this.limit) use.count++;
    else throw new RcsError('RCS_GRANT_REFUSED', `grant refused: used ${use.count} times already`);
  }
}
