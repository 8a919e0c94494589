import { createHash, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { CertificateError, parseCertificatePem, type CertificateInfo } from '#certificates';
import { changeRecipients, CmsError, parseEnvelope, type EncryptionRecipient, type Envelope } from '#cms';
import {
  envelopesDigest,
  maximumRewrapItems,
  type GrantVerifier,
  type RewrapGrant,
  type RewrapOutcome,
  type RewrapSessionKeysReply,
  type RewrapSessionKeysRequest,
} from '#contracts';
import { RcsError, toRcsError } from '#platform';
import type { KeyUseAudit } from '../audit/key-use-audit.js';
import type { CallRate } from '../rpc/call-rate.js';
import type { CallContext } from '../rpc/call-context.js';
import { findRecipient } from '../token/find-recipient.js';
import type { KeyStore } from '../token/key-store.js';
import type { VaultKey } from '../token/vault-key.js';

/** A run takes this many sessions of the token at most: playing comes first. */
const concurrentEnvelopes = 2;

interface Target {
  readonly recipient: EncryptionRecipient;
  readonly key: VaultKey;
}

/**
 * Gives envelopes a recipient for another certificate. The session key is opened in the token, encrypted for the new
 * certificate and forgotten here: it leaves the vault in no form but in the envelope. Before anything is answered the
 * token opens the new recipient and must find the same session key.
 */
export class RewrapService {
  private readonly limit = pLimit(concurrentEnvelopes);

  constructor(
    private readonly grants: GrantVerifier,
    private readonly keys: KeyStore,
    private readonly audit: KeyUseAudit,
    private readonly rate: CallRate,
  ) {}

  /** What one envelope lacks does not touch the others. @throws RcsError for the whole */
  async rewrap(request: RewrapSessionKeysRequest, context: CallContext): Promise<RewrapSessionKeysReply> {
    const grant = this.grants.verifyRewrap(request.grant);
    const envelopes = request.envelopes.map(envelope => Buffer.from(envelope));
    checkGranted(grant, envelopes);
    this.rate.spend(context.caller, envelopes.length);
    const target = await this.target(request.certificate, grant, context.signal);
    const outcomes = envelopes.map(envelope => this.limit(() => this.outcome(envelope, target, grant, context)));
    return { outcomes: await Promise.all(outcomes) };
  }

  private async outcome(
    envelope: Buffer,
    target: Target,
    grant: RewrapGrant,
    context: CallContext,
  ): Promise<RewrapOutcome> {
    try {
      return { envelope: (await this.audited(envelope, target, grant, context)) ?? Buffer.alloc(0) };
    } catch (error) {
      const { code, publicDetail, retryAfterMs } = toRcsError(error);
      const failure = { code, detail: publicDetail ?? '', retryAfterMs: Math.ceil(retryAfterMs ?? 0) };
      return { envelope: Buffer.alloc(0), failure };
    }
  }

  private audited(
    bytes: Buffer,
    target: Target,
    grant: RewrapGrant,
    context: CallContext,
  ): Promise<Buffer | undefined> {
    return this.audit.of('rewrap', context, async use => {
      use.grant = { user: grant.sub, run: grant.run, to: grant.to };
      const envelope = parsed(bytes);
      const wanted = { contactCenter: grant.contactCenter, keyIdentifier: grant.from };
      const old = await findRecipient(this.keys, envelope.recipients, wanted, context.signal);
      const present = envelope.recipients.find(({ identifier }) => names(identifier, target));
      if (old === undefined) {
        if (present !== undefined) return undefined;
        throw new RcsError('RCS_KEY_NOT_FOUND', 'the envelope is not for the key that the grant names');
      }
      if (present !== undefined && !grant.replace) return undefined;
      use.key = old.key;
      return this.change(bytes, envelope, { old, present, target, replace: grant.replace }, context);
    });
  }

  /** @throws RcsError RCS_ENVELOPE_CHANGED when the new recipient does not open to the same session key. */
  private async change(
    bytes: Buffer,
    envelope: Envelope,
    { old, present, target, replace }: EnvelopeChange,
    context: CallContext,
  ): Promise<Buffer> {
    const length = envelope.contentEncryption.keyLength;
    const sessionKey = await this.keys.unwrapSessionKey(old.key, old.recipient, length, context);
    try {
      const changed = changeRecipients(bytes, {
        add: present === undefined ? target.recipient : undefined,
        sessionKey,
        remove: identifier => replace && sameIdentifier(identifier, old.recipient.identifier),
      });
      await this.prove(changed, target, sessionKey, context);
      return changed;
    } finally {
      sessionKey.fill(0);
    }
  }

  private async prove(changed: Buffer, target: Target, sessionKey: Buffer, context: CallContext): Promise<void> {
    const recipient = parseEnvelope(changed).recipients.find(({ identifier }) => names(identifier, target));
    if (recipient === undefined) throw new RcsError('RCS_INTERNAL', 'the new recipient is not in the envelope');
    const opened = await this.keys.unwrapSessionKey(target.key, recipient, sessionKey.length, context);
    const same = opened.length === sessionKey.length && timingSafeEqual(opened, sessionKey);
    opened.fill(0);
    if (!same) throw new RcsError('RCS_ENVELOPE_CHANGED', 'the two recipients of the envelope hold different keys');
  }

  /** The certificate must be the granted one, valid now, and its key in the token: else old keys could never go. */
  private async target(pem: string, { to, contactCenter }: RewrapGrant, signal: AbortSignal): Promise<Target> {
    const certificate = readCertificate(pem);
    if (createHash('sha256').update(certificate.der).digest('hex') !== to) {
      throw new RcsError('RCS_GRANT_REFUSED', 'the certificate is not the one that the grant names');
    }
    const now = new Date();
    if (now < certificate.notBefore || now > certificate.notAfter) {
      throw new RcsError('RCS_CERTIFICATE_NOT_VALID', `the certificate is not valid at ${now.toISOString()}`);
    }
    const identifier = {
      type: 'issuer-and-serial-number',
      issuer: certificate.issuerDer,
      serialNumber: certificate.serialNumberOctets,
    } as const;
    const key = await this.keys.find(identifier, signal);
    if (key?.purpose !== 'RECORDING' || key.contactCenter !== contactCenter) {
      throw new RcsError('RCS_KEY_NOT_FOUND', 'the key of the new certificate is not in the token');
    }
    const { publicKey } = certificate;
    return { recipient: { identifier, publicKey, keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' } }, key };
  }
}

interface EnvelopeChange {
  readonly old: { readonly recipient: Envelope['recipients'][number]; readonly key: VaultKey };
  readonly present: Envelope['recipients'][number] | undefined;
  readonly target: Target;
  readonly replace: boolean;
}

type Identifier = Envelope['recipients'][number]['identifier'];

const names = (identifier: Identifier, { recipient }: Target): boolean =>
  sameIdentifier(identifier, recipient.identifier);

function sameIdentifier(left: Identifier, right: Identifier): boolean {
  if (left.type === 'subject-key-identifier') {
    return right.type === left.type && left.keyIdentifier.equals(right.keyIdentifier);
  }
  return right.type === left.type && left.issuer.equals(right.issuer) && left.serialNumber.equals(right.serialNumber);
}

function checkGranted(grant: RewrapGrant, envelopes: readonly Buffer[]): void {
  if (envelopes.length > maximumRewrapItems) {
    throw new RcsError('RCS_INVALID_VALUE', 'batch too large', {
      publicDetail: `a batch has at most ${maximumRewrapItems} items`,
    });
  }
  if (envelopesDigest(envelopes) === grant.envelopes) return;
  throw new RcsError('RCS_GRANT_REFUSED', `the envelopes are not those of the grant for run ${grant.run}`);
}

function parsed(bytes: Buffer): Envelope {
  try {
    return parseEnvelope(bytes);
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw new RcsError('RCS_ENVELOPE_UNREADABLE', error.message, { cause: error });
  }
}

function readCertificate(pem: string): CertificateInfo {
  try {
    return parseCertificatePem(pem)[0];
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new RcsError('RCS_KEY_REFUSED', error.message, { publicDetail: error.message, cause: error });
  }
}
