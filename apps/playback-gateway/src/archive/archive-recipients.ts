import { Injectable } from '@nestjs/common';
import { CertificateError, parseCertificatePem, type CertificateInfo } from '#certificates';
import { KeyVaultClient } from '#key-vault-client';
import { RcsError } from '#platform';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import type { ArchiveRequest } from './archive-request.schema.js';

const checkTimeoutMs = 10_000;

/** A certificate that an archive is made for. */
export interface ArchiveRecipient {
  readonly pem: string;
  /** SHA-256 of its DER, hexadecimal. */
  readonly digest: string;
  readonly subject: string;
}

/** Whom the media files of an archive are for, besides those that they are for already. */
export interface RecipientsOfArchive {
  /** Of plain media; without one they are left out. */
  readonly plain: ArchiveRecipient | undefined;
  /** Of all that is encrypted, whose envelopes are re-wrapped; without one they stay as they are. */
  readonly rewrap: ArchiveRecipient | undefined;
}

/** Finds out whom an archive may be made for. */
@Injectable()
export class ArchiveRecipients {
  constructor(
    private readonly certificates: CertificateCatalog,
    private readonly vaults: KeyVaultClient,
  ) {}

  /**
   * A vault says at once whether it re-wraps for the certificate: before the archive is begun.
   * @throws RcsError RCS_ARCHIVE_RECIPIENT_REFUSED, RCS_CERTIFICATE_NOT_VALID, RCS_KEY_REFUSED, RCS_CERTIFICATE_NOT_FOUND,
   * RCS_KEY_DISABLED, RCS_VAULT_UNAVAILABLE
   */
  async of(
    { encryptPlainFor, recipientCertificate, plainMedia }: ArchiveRequest,
    contactCenter: string,
  ): Promise<RecipientsOfArchive> {
    if (recipientCertificate !== undefined) {
      const rewrap = await this.external(recipientCertificate, contactCenter);
      return { rewrap, plain: plainMedia === 'encrypt' ? rewrap : undefined };
    }
    if (encryptPlainFor === undefined) return { rewrap: undefined, plain: undefined };
    const found = await this.certificates.requireActive(contactCenter, encryptPlainFor);
    await this.certificates.requireEnabledKey(found);
    return { rewrap: undefined, plain: recipientOf(parseCertificatePem(found.certificate)[0]) };
  }

  private async external(pem: string, contactCenter: string): Promise<ArchiveRecipient> {
    const recipient = recipientOf(readCertificate(pem));
    await this.vaults.anyVault(checkTimeoutMs, (vault, timeoutMs) =>
      vault.call('CheckArchiveRecipient', { contactCenter, certificate: recipient.pem }, { timeoutMs }),
    );
    return recipient;
  }
}

const recipientOf = ({ pem, fingerprint, subjectDn }: CertificateInfo): ArchiveRecipient => ({
  pem,
  digest: fingerprint,
  subject: subjectDn,
});

function readCertificate(pem: string): CertificateInfo {
  try {
    return parseCertificatePem(pem)[0];
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new RcsError('RCS_KEY_REFUSED', error.message, { publicDetail: error.message, cause: error });
  }
}

/** What was asked for, as the audit and the manifest say it: the certificate by its fingerprint and subject. */
export function askedFor(
  { recipientCertificate, ...request }: Omit<ArchiveRequest, 'reason'> & Partial<Pick<ArchiveRequest, 'reason'>>,
  { rewrap }: RecipientsOfArchive,
): Record<string, unknown> {
  if (recipientCertificate === undefined || rewrap === undefined) return request;
  return { ...request, recipient: { fingerprint: rewrap.digest, subject: rewrap.subject } };
}
