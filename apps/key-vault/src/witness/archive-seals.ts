import { signManifest } from '#archive';
import type { SealArchiveReply, SealArchiveRequest } from '#contracts';
import type { GrantVerifier } from '#grants';
import type { Current, InternalIdentity } from '#platform';
import type { CallContext } from '../callers/call-context.js';
import { GrantUses } from '../callers/grant-uses.js';
import type { VaultJournal } from '../journal/vault-journal.js';

/**
 * Vouches for what leaves in archives: a gateway says whose archive it is and what its manifest is, the vault writes that
 * down where no gateway can unsay it, and only then signs. What it signs names itself a manifest, and nothing else.
 */
export class ArchiveSeals {
  private readonly uses = new GrantUses(1);

  constructor(
    private readonly grants: Pick<GrantVerifier, 'verifyArchiveSeal'>,
    private readonly journal: Pick<VaultJournal, 'append'>,
    private readonly identity: Current<Pick<InternalIdentity, 'certificatePem' | 'keyPem'>>,
  ) {}

  /** @throws RcsError RCS_GRANT_REFUSED, RCS_AUDIT_UNAVAILABLE */
  async seal({ grant: jws }: SealArchiveRequest, { requestId, role, caller }: CallContext): Promise<SealArchiveReply> {
    const grant = this.grants.verifyArchiveSeal(jws);
    this.uses.spend(grant.jti);
    const sequence = await this.journal.append({
      event: 'archive-sealed',
      requestId,
      caller: role,
      callerCertificate: caller,
      grantId: grant.jti,
      archive: grant.archive,
      contactCenter: grant.contactCenter,
      user: grant.sub,
      digest: grant.manifest,
    });
    const digest = Buffer.from(grant.manifest, 'hex');
    return { signature: signManifest(digest, this.identity.current, new Date()), sequence };
  }
}
