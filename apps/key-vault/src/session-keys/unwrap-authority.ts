import { checkHolder, thumbprintOfFingerprint, type GrantVerifier } from '#grants';
import { RcsError } from '#platform';
import type { GrantUses } from '../callers/grant-uses.js';
import type { CallContext } from '../callers/call-context.js';
import type { GrantFacts } from '../callers/key-use-audit.js';
import type { VaultKey } from '../token/vault-key.js';

/** What a grant allows: the opening of one envelope. */
export interface UnwrapPermit {
  /** What is opened, for errors and logs. */
  readonly subject: string;
  /** What records of the use say of the grant: who, which recording. */
  readonly facts: GrantFacts;
  readonly envelopeDigest: string | undefined;
  /** Whose keys may be used; every one's where it is undefined. */
  readonly contactCenter: string | undefined;
  /** Called before the key is used; nothing is opened unless it resolves. */
  opening?(key: VaultKey): Promise<void>;
  /** Told of a refusal after the grant was found good. */
  refused?(error: unknown): Promise<void>;
}

/** Judges the grants of one kind of caller. */
export interface UnwrapAuthority {
  /** @throws RcsError when the grant allows this caller nothing. */
  permit(grant: string, caller: CallContext): UnwrapPermit | Promise<UnwrapPermit>;
}

/** Grants of gateways, as workers show them. */
export class PlaybackAuthority implements UnwrapAuthority {
  constructor(
    private readonly grants: GrantVerifier,
    private readonly uses: GrantUses,
    /** Whether grants count that do not say in whose hands. */
    private readonly acceptUnbound: boolean,
  ) {}

  permit(jws: string, { caller }: Pick<CallContext, 'caller'>): UnwrapPermit {
    const grant = this.grants.verify(jws);
    const { purpose, recording, contactCenter, envelopeDigest, mediaFile, jti, sub } = grant;
    checkHolder(grant, [thumbprintOfFingerprint(caller)], this.acceptUnbound);
    if (purpose !== 'play') throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${purpose} opens no key`);
    this.uses.spend(jti);
    const facts = { grantId: jti, user: sub, contactCenter, recording, mediaFile };
    return { subject: `recording ${recording}`, facts, contactCenter, envelopeDigest };
  }
}
