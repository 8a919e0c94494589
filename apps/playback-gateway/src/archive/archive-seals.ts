import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { archiveSealGrants, GrantSigner, type ArchiveSealGrant } from '#grants';
import { KeyVaultClient } from '#key-vault-client';
import { LiveIdentity } from '#platform';
import type { AuditRecord } from '#store';
import { AuditProofs } from '../audit/audit-proofs.js';

const sealTimeoutMs = 20_000;

/** Whose archive is sealed. */
export interface SealedArchive {
  readonly id: string;
  readonly contactCenter: string;
  readonly userName: string;
}

/** What proves an archive to who has nothing else: a signature of a vault, and what the audit says of it. */
@Injectable()
export class ArchiveSeals {
  private readonly signer: GrantSigner<ArchiveSealGrant>;

  constructor(
    @Inject(LiveIdentity) identity: LiveIdentity,
    private readonly vaults: KeyVaultClient,
    private readonly proofs: AuditProofs,
  ) {
    this.signer = new GrantSigner(identity, archiveSealGrants);
  }

  /** Of the manifest, detached, DER; the vault has written down that the archive left. @throws RcsError RCS_VAULT_UNAVAILABLE */
  async sign(manifest: Buffer, { id, contactCenter, userName }: SealedArchive): Promise<Buffer> {
    const { signature } = await this.vaults.anyVault(sealTimeoutMs, (vault, timeoutMs) => {
      const content = { sub: userName, contactCenter, archive: id, manifest: hash('sha256', manifest, 'hex') };
      return vault.call('SealArchive', { grant: this.signer.sign(content) }, { timeoutMs });
    });
    return Buffer.from(signature);
  }

  /** That a record stands in the audit, for somebody without the audit (docs/audit.md). */
  async proofOf({ writer, sequence }: AuditRecord, contactCenter: string): Promise<Buffer | undefined> {
    const proof = await this.proofs.prove(writer, sequence, { contactCenter });
    return proof === undefined ? undefined : Buffer.from(`${JSON.stringify(proof, null, 2)}\n`);
  }
}
