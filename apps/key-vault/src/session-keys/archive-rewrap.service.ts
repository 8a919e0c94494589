import { encodeRecipient, parseEnvelope, type EncryptionRecipient } from '#cms';
import type { CertificateInfo } from '#certificates';
import type { CheckArchiveRecipientRequest, RewrapForArchiveReply, RewrapForArchiveRequest } from '#contracts';
import {
  checkHolder,
  envelopeDigest,
  thumbprintOfFingerprint,
  type ArchiveRewrapGrant,
  type GrantVerifier,
} from '#grants';
import { RcsError } from '#platform';
import type { CallContext } from '../callers/call-context.js';
import type { CallRate } from '../callers/call-rate.js';
import { GrantUses } from '../callers/grant-uses.js';
import type { KeyUseAudit } from '../callers/key-use-audit.js';
import type { KeyStore } from '../token/key-store.js';
import type { ArchiveRecipients } from './archive-recipients.js';
import { readableEnvelope } from './batch.js';
import { findKeyOf } from './key-of-recipient.js';

/** An envelope with more recipients than this is no recording's. */
const maximumEnvelopeBytes = 1024 * 1024;

/**
 * Encrypts session keys for the recipients of archives. It takes three to agree: a gateway that grants this very envelope
 * of this very recording, the worker that the grant names, and the configuration of this vault, which names the
 * certificate for the contact center. The session key is opened in the token, encrypted for that certificate and
 * forgotten: it leaves the vault in no other form. Which of several keys of one name is the right one the worker has found
 * out by the content; a wrong one gives bytes that open nothing, as everywhere.
 */
export class ArchiveRewrapService {
  private readonly uses = new GrantUses(1);

  constructor(
    private readonly grants: Pick<GrantVerifier, 'verifyArchiveRewrap'>,
    private readonly recipients: ArchiveRecipients,
    private readonly keys: Pick<KeyStore, 'lookup' | 'unwrapSessionKey'>,
    private readonly audit: KeyUseAudit,
    private readonly rate: CallRate,
  ) {}

  /** @throws RcsError as `ArchiveRecipients.require` */
  check({ contactCenter, certificate }: CheckArchiveRecipientRequest): object {
    this.recipients.require(contactCenter, certificate);
    return {};
  }

  /**
   * @throws RcsError RCS_GRANT_REFUSED, RCS_ARCHIVE_RECIPIENT_REFUSED, RCS_CERTIFICATE_NOT_VALID, RCS_KEY_NOT_FOUND,
   * RCS_KEY_DISABLED; never one that tells whether the padding inside the token was right.
   */
  async rewrap(request: RewrapForArchiveRequest, context: CallContext): Promise<RewrapForArchiveReply> {
    this.rate.spend(context.caller, 1);
    return this.audit.of('archive-rewrap', context, async use => {
      const grant = this.grants.verifyArchiveRewrap(request.grant);
      const { jti, sub, contactCenter, archive, recording, mediaFile, recipient: to } = grant;
      use.grant = { grantId: jti, user: sub, contactCenter, recording, mediaFile, run: archive, to };
      checkHolder(grant, [thumbprintOfFingerprint(context.caller)], false);
      const envelope = Buffer.from(request.envelope);
      const certificate = this.granted(grant, envelope, request.certificate);
      this.uses.spend(jti);
      use.envelopeDigest = grant.envelopeDigest;
      const { recipients, contentEncryption } = readableEnvelope(() => parseEnvelope(envelope));
      const wanted = { contactCenter, from: request.keyIdentifier };
      const found = await findKeyOf(this.keys.lookup, recipients, wanted, context.signal);
      if (found === undefined)
        throw new RcsError(
          'RCS_KEY_NOT_FOUND',
          `recording ${recording}: no recipient is the key that is said to open it`,
        );
      const recorded = await use.record(found.key);
      const { keyLength } = contentEncryption;
      const sessionKey = await this.keys.unwrapSessionKey(found.key, found.recipient, keyLength, context, recorded);
      try {
        return { recipientInfo: encodeRecipient(recipientOf(certificate), sessionKey) };
      } finally {
        sessionKey.fill(0);
      }
    });
  }

  /** The certificate of the grant, which the configuration names, too. */
  private granted(grant: ArchiveRewrapGrant, envelope: Buffer, pem: string): CertificateInfo {
    if (envelope.length > maximumEnvelopeBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
    if (envelopeDigest(envelope) !== grant.envelopeDigest)
      throw new RcsError('RCS_GRANT_REFUSED', `the envelope is not the one of recording ${grant.recording}`);
    const certificate = this.recipients.require(grant.contactCenter, pem);
    if (certificate.fingerprint === grant.recipient) return certificate;
    throw new RcsError('RCS_GRANT_REFUSED', 'the certificate is not the one that the grant names');
  }
}

/** As every reader of PKCS#7 knows it. */
const recipientOf = ({
  issuerDer: issuer,
  serialNumberOctets: serialNumber,
  publicKey,
}: CertificateInfo): EncryptionRecipient => ({
  identifier: { type: 'issuer-and-serial-number', issuer, serialNumber },
  publicKey,
  keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
});
