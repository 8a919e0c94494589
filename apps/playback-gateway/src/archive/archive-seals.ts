import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  archiveProofName,
  manifestName,
  signatureName,
  timeStampName,
  type TimeStampState,
  type ZipMember,
} from '#archive';
import { archiveSealGrants, GrantSigner, type ArchiveSealGrant } from '#grants';
import { KeyVaultClient } from '#key-vault-client';
import { LiveIdentity } from '#platform';
import type { AuditRecord } from '#store';
import { AuditProofs } from '../audit/audit-proofs.js';
import type { ArchiveContents } from './archive-contents.js';
import type { ArchiveNeeds } from './archive-needs.js';
import { ArchiveProofs } from './archive-proofs.js';
import { memberOf } from './member-of.js';
import { TimeStamps } from './time-stamps.js';

const sealTimeoutMs = 20_000;

/** Whose archive is sealed. */
export interface SealedArchive {
  readonly id: string;
  readonly contactCenter: string;
  readonly userName: string;
}

/** An archive of which everything is there but what proves it. */
export interface UnsealedArchive {
  readonly archive: SealedArchive;
  /** The record that was written before its first byte. */
  readonly begun: AuditRecord;
  readonly contents: ArchiveContents;
  /** Written before the manifest leaves. */
  readonly needs: ArchiveNeeds;
  readonly signal: AbortSignal;
}

/** What ends an archive. */
export interface Seal {
  readonly manifest: Buffer;
  readonly signature: Buffer;
  /** Of the signature: TimeStampResp, DER. */
  readonly timeStamp: Buffer | undefined;
}

/** What proves an archive to who has nothing else: a signature of a vault, and what the audit says of it. */
@Injectable()
export class ArchiveSeals {
  private readonly signer: GrantSigner<ArchiveSealGrant>;

  constructor(
    @Inject(LiveIdentity) identity: LiveIdentity,
    private readonly vaults: KeyVaultClient,
    private readonly proofs: AuditProofs,
    private readonly stamps: TimeStamps,
    private readonly archiveProofs: ArchiveProofs,
  ) {
    this.signer = new GrantSigner(identity, archiveSealGrants);
  }

  /**
   * The last members of an archive: proofs of what the audit says of it, the manifest, and its seal.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE, RCS_VAULT_UNAVAILABLE, RCS_TIME_STAMP_UNAVAILABLE, RCS_ARCHIVE_GIVEN_UP
   */
  async *membersOf(
    { archive, begun, contents, needs, signal }: UnsealedArchive,
    manifestWith: (timeStamp: TimeStampState | undefined) => Buffer,
  ): AsyncGenerator<ZipMember> {
    const { contactCenter } = archive;
    const proof = await this.proofs.prove(begun.writer, begun.sequence, { contactCenter });
    if (proof !== undefined) yield contents.hashed(memberOf(archiveProofName, jsonOf(proof)));
    yield* this.archiveProofs.membersOf(contents, contactCenter);
    const { manifest, signature, timeStamp } = await this.seal(archive, manifestWith, signal);
    await needs.seal();
    yield memberOf(manifestName, manifest);
    yield memberOf(signatureName, signature);
    if (timeStamp !== undefined) yield memberOf(timeStampName, timeStamp);
  }

  /**
   * The manifest, signed, with a time stamp where the configuration wants one. What a manifest says of its time stamp is
   * sealed before there is one: where none comes, and archives go without, another manifest says so, and is signed anew.
   * @throws RcsError RCS_VAULT_UNAVAILABLE, RCS_TIME_STAMP_UNAVAILABLE
   */
  async seal(
    archive: SealedArchive,
    manifestWith: (timeStamp: TimeStampState | undefined) => Buffer,
    signal: AbortSignal,
  ): Promise<Seal> {
    const manifest = manifestWith(this.stamps.isConfigured ? 'follows' : undefined);
    const signature = await this.sign(manifest, archive);
    if (!this.stamps.isConfigured) return { manifest, signature, timeStamp: undefined };
    const timeStamp = await this.stamps.of(signature, signal);
    if (timeStamp !== undefined) return { manifest, signature, timeStamp };
    const unstamped = manifestWith('missing');
    return { manifest: unstamped, signature: await this.sign(unstamped, archive), timeStamp };
  }

  /** Of the manifest, detached, DER; the vault has written down that the archive left. @throws RcsError RCS_VAULT_UNAVAILABLE */
  private async sign(manifest: Buffer, { id, contactCenter, userName }: SealedArchive): Promise<Buffer> {
    const { signature } = await this.vaults.anyVault(sealTimeoutMs, (vault, timeoutMs) => {
      const content = { sub: userName, contactCenter, archive: id, manifest: hash('sha256', manifest, 'hex') };
      return vault.call('SealArchive', { grant: this.signer.sign(content) }, { timeoutMs });
    });
    return Buffer.from(signature);
  }
}

const jsonOf = (document: object): Buffer => Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
