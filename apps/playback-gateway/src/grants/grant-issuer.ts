import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  boundTo,
  GrantSigner,
  playbackGrants,
  type GrantContent,
  type PlaybackGrant,
  type SigningIdentity,
} from '#grants';
import { type Current, Derived, entriesAtMost, LiveIdentity, RcsError } from '#platform';

/** A grant is used again while it has at least half of its life left: seeking in a recording costs no signature each time. */
const reuseMs = 30_000;

/** Issues grants; the same user and media file get the same grant for a while, at the same worker. */
@Injectable()
export class GrantIssuer {
  private readonly signer: GrantSigner<PlaybackGrant>;
  /** Grants of a former identity are used no more. */
  private readonly recent: Derived<SigningIdentity, LRUCache<string, string>>;

  constructor(@Inject(LiveIdentity) identity: Current<SigningIdentity>) {
    this.signer = new GrantSigner(identity, playbackGrants);
    this.recent = new Derived(identity, () => new LRUCache({ ...entriesAtMost(10_000), ttl: reuseMs }));
  }

  /**
   * Does something with a grant. A grant that is refused gets one successor, signed now: it may have met a worker or a
   * vault that had meanwhile ceased to trust the authority of its signer, or have been used up.
   * @param holder thumbprint of the worker's certificate, with which alone it counts; unknown of workers of before.
   * @throws RcsError RCS_GRANT_REFUSED when the successor is refused too; whatever `use` throws.
   */
  async withGrant<Answer>(
    wanted: GrantContent,
    use: (grant: string) => Promise<Answer>,
    holder?: string,
  ): Promise<Answer> {
    const content = { ...wanted, ...boundTo(holder) };
    const grant = this.grant(content, undefined);
    try {
      return await use(grant);
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_GRANT_REFUSED')) throw error;
      return use(this.grant(content, grant));
    }
  }

  private grant(content: GrantContent, refused: string | undefined): string {
    const recent = this.recent.current;
    const key = JSON.stringify(content);
    const known = recent.get(key);
    if (known !== undefined && known !== refused) return known;
    const grant = this.signer.sign(content);
    recent.set(key, grant);
    return grant;
  }
}
