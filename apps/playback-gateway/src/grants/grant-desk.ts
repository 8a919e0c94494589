import { LRUCache } from 'lru-cache';
import type { GrantContent, GrantSigner } from '#contracts';

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

  async grant(content: GrantContent): Promise<string> {
    const key = JSON.stringify(content);
    const known = this.recent.get(key);
    if (known !== undefined) return known;
    const signing = this.signer.sign(content);
    this.recent.set(key, signing);
    signing.catch(() => this.recent.delete(key));
    return signing;
  }
}
