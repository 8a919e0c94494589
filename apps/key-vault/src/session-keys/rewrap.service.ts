import { createHash, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { changeRecipients, parseEnvelope, type EncryptionRecipient, type Envelope } from '#cms';
import type { RewrapOutcome, RewrapSessionKeysReply, RewrapSessionKeysRequest } from '#contracts';
import { envelopeDigest, envelopesDigest, maximumRewrapItems, type GrantVerifier, type RewrapGrant } from '#grants';
import { RcsError } from '#platform';
import type { KeyUse, KeyUseAudit } from '../callers/key-use-audit.js';
import type { CallRate } from '../callers/call-rate.js';
import { GrantUses } from '../callers/grant-uses.js';
import type { CallContext } from '../callers/call-context.js';
import type { RecordedUse } from '../journal/recorded-use.js';
import type { KeyStore } from '../token/key-store.js';
import type { RecipientIdentifier } from '../token/recipient-identifier.js';
import type { VaultKey } from '../token/vault-key.js';
import { checkBatchSize, failureOf, readableEnvelope } from './batch.js';
import { findKeyOf, sameIdentifier, type KeyOfRecipient } from './key-of-recipient.js';
import { readCertificate } from './read-certificate.js';

/** A run takes this many sessions of the token at most: playing comes first. */
const concurrentEnvelopes = 2;

interface Target {
  readonly recipient: EncryptionRecipient;
  readonly key: VaultKey;
}

/**
 * Gives envelopes a recipient for another certificate. The session key is opened in the token, encrypted for the new
 * certificate and forgotten here: it leaves the vault in no form but in the envelope. Before anything is answered the
 * token opens the new recipient and must find the same session key. Without the content nobody can tell a session key
 * from pseudo-random bytes, so what could be another key's recipient is left alone.
 */
export class RewrapService {
  private readonly limit = pLimit(concurrentEnvelopes);
  private readonly uses = new GrantUses(1);

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
    this.uses.spend(grant.jti);
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
      return { envelope: Buffer.alloc(0), failure: failureOf(error) };
    }
  }

  private audited(
    bytes: Buffer,
    target: Target,
    grant: RewrapGrant,
    context: CallContext,
  ): Promise<Buffer | undefined> {
    return this.audit.of('rewrap', context, async use => {
      use.grant = { grantId: grant.jti, user: grant.sub, run: grant.run, to: grant.to };
      use.envelopeDigest = envelopeDigest(bytes);
      const envelope = readableEnvelope(() => parseEnvelope(bytes));
      const named = envelope.recipients.filter(({ identifier }) => isRecipient(identifier, target));
      const old = await findKeyOf(this.keys.lookup, envelope.recipients, grant, context.signal);
      if (old === undefined) {
        if (named.length > 0) return undefined;
        throw new RcsError('RCS_KEY_NOT_FOUND', 'the envelope is not for the key that the grant names');
      }
      use.key = old.key;
      return this.change(bytes, envelope, { old, named, target, replace: grant.replace }, context, use);
    });
  }

  /**
   * The envelope with its new recipients; undefined when it has them. Whether the old key is right is certain only where
   * its name is, or where the recipient for the new certificate holds the same session key.
   * @throws RcsError RCS_KEY_AMBIGUOUS, RCS_ENVELOPE_CHANGED when the recipients hold different session keys.
   */
  private async change(
    bytes: Buffer,
    envelope: Envelope,
    { old, named, target, replace }: EnvelopeChange,
    context: CallContext,
    use: KeyUse,
  ): Promise<Buffer | undefined> {
    const length = envelope.contentEncryption.keyLength;
    const recorded = await use.record(old.key, target.key);
    const sessionKey = await this.keys.unwrapSessionKey(old.key, old.recipient, length, context, recorded);
    try {
      const present = await this.anyHolds(named, target, sessionKey, context, recorded);
      if (!present && !old.certain) throw ambiguous(old.key);
      if (!present && named.length > 0) throw contradictory();
      if (present && !replace) return undefined;
      const changed = changeRecipients(bytes, {
        add: present ? undefined : target.recipient,
        sessionKey,
        remove: identifier => replace && sameIdentifier(identifier, old.recipient.identifier),
      });
      const added = parseEnvelope(changed).recipients.filter(({ identifier }) => isRecipient(identifier, target));
      if (!(await this.anyHolds(added, target, sessionKey, context, recorded))) throw contradictory();
      return changed;
    } finally {
      sessionKey.fill(0);
    }
  }

  /** Whether the target's key finds this session key in one of the recipients. */
  private async anyHolds(
    recipients: Envelope['recipients'],
    target: Target,
    sessionKey: Buffer,
    context: CallContext,
    recorded: RecordedUse,
  ): Promise<boolean> {
    for (const recipient of recipients) {
      const opened = await this.keys.unwrapSessionKey(target.key, recipient, sessionKey.length, context, recorded);
      const same = opened.length === sessionKey.length && timingSafeEqual(opened, sessionKey);
      opened.fill(0);
      if (same) return true;
    }
    return false;
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
    const isOurs = (key: VaultKey): boolean => key.purpose === 'RECORDING' && key.contactCenter === contactCenter;
    const [key] = await this.keys.lookup.findOwn(certificate.keyIdentifier.toString('hex'), isOurs, signal);
    if (key === undefined) {
      throw new RcsError('RCS_KEY_NOT_FOUND', 'the key of the new certificate is not in the token');
    }
    const { publicKey } = certificate;
    return { recipient: { identifier, publicKey, keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' } }, key };
  }
}

interface EnvelopeChange {
  readonly old: KeyOfRecipient<Envelope['recipients'][number]>;
  /** Recipients that bear the name of the new certificate. */
  readonly named: Envelope['recipients'];
  readonly target: Target;
  readonly replace: boolean;
}

const isRecipient = (identifier: RecipientIdentifier, { recipient }: Target): boolean =>
  sameIdentifier(identifier, recipient.identifier);

const contradictory = (): RcsError =>
  new RcsError('RCS_ENVELOPE_CHANGED', 'the two recipients of the envelope hold different keys');

const ambiguous = ({ alias }: VaultKey): RcsError =>
  new RcsError('RCS_KEY_AMBIGUOUS', undefined, {
    publicDetail:
      `the envelope names its key in a way that fits ${JSON.stringify(alias)} and another key of the contact center; ` +
      'it stays as it is, so keep both keys',
  });

function checkGranted(grant: RewrapGrant, envelopes: readonly Buffer[]): void {
  checkBatchSize(envelopes, maximumRewrapItems);
  if (envelopesDigest(envelopes) === grant.envelopes) return;
  throw new RcsError('RCS_GRANT_REFUSED', `the envelopes are not those of the grant for run ${grant.run}`);
}
