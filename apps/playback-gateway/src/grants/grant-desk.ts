import { LRUCache } from 'lru-cache';
import type { GrantContent, GrantSigner } from '#contracts';
import { RcsError } from '#platform';

/** A grant is used again while it has at least half of its life left: seeking in a recording costs no signature each time. */
const reuseMs = 30_000;

/** Issues grants; the same user and media file get the same grant for a while. */
export class GrantDesk {
  private readonly recent = new LRUCache<string, Promise<string>>({ max: 10_000, ttl: reuseMs });

  constructor(private signer: GrantSigner) {}

  /** Grants are signed by this identity from now on, also those that were signed by the former one. */
  signWith(signer: GrantSigner): void {
    this.signer = signer;
    this.recent.clear();
  }

  /**
   * Does something with a grant. A grant that is refused gets one successor, signed now: it may have met a worker or a
   * vault that had meanwhile ceased to trust the authority of its signer, or have been used up.
   * @throws RcsError RCS_GRANT_REFUSED when the successor is refused too; whatever `use` throws.
   */
  async withGrant<Answer>(content: GrantContent, use: (grant: string) => Promise<Answer>): Promise<Answer> {
    const grant = await this.grant(content, undefined);
    try {
      return await use(grant);
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_GRANT_REFUSED')) throw error;
      return use(await this.grant(content, grant));
    }
  }

  private async grant(content: GrantContent, refused: string | undefined): Promise<string> {
    const key = JSON.stringify(content);
    const known = this.recent.get(key);
    if (known !== undefined && (await known) !== refused) return known;
    const signing = this.signer.sign(content);
    this.recent.set(key, signing);
    signing.catch(() => this.recent.delete(key));
    return signing;
  }
}
