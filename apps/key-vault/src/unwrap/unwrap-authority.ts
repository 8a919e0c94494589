import type { GrantVerifier } from '#contracts';
import { RcsError } from '#platform';
import type { RecipientKey } from '../token/key-store.js';

/** What a grant allows: the opening of one envelope. */
export interface UnwrapPermit {
  /** What is opened, for errors and logs. */
  readonly subject: string;
  readonly envelopeDigest: string | undefined;
  /** Whose keys may be used; every one's where it is undefined. */
  readonly contactCenter: string | undefined;
  /** Called before the key is used; nothing is opened unless it resolves. */
  opening?(key: RecipientKey): Promise<void>;
  /** Told of a refusal after the grant was found good. */
  refused?(error: unknown): Promise<void>;
}

/** Judges the grants of one kind of caller. */
export interface UnwrapAuthority {
  /** @throws RcsError when the grant allows nothing. */
  permit(grant: string, requestId: string): Promise<UnwrapPermit>;
}

/** Grants of gateways, as workers show them. */
export class PlaybackAuthority implements UnwrapAuthority {
  constructor(private readonly grants: GrantVerifier) {}

  async permit(jws: string): Promise<UnwrapPermit> {
    const { purpose, recording, contactCenter, envelopeDigest } = await this.grants.verify(jws);
    if (purpose !== 'play') throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${purpose} opens no key`);
    return { subject: `recording ${recording}`, contactCenter, envelopeDigest };
  }
}
