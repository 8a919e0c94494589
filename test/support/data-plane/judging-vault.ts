import { constants, generateKeyPairSync, privateDecrypt, randomBytes } from 'node:crypto';
import { parseCertificatePem } from '#certificates';
import { encodeRecipient, parseEnvelope } from '#cms';
import { envelopeDigest, type GrantVerifier } from '#grants';
import type { ArchiveRewrapCall, SessionKeyCandidates, SessionKeyClient, SessionKeyRequest } from '#key-vault-client';
import { RcsError } from '#platform';

export const recordingKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
const identifier = { type: 'subject-key-identifier' as const, keyIdentifier: Buffer.alloc(20, 7) };
const keyEncryption = {
  scheme: 'rsaes-oaep' as const,
  hash: 'sha1' as const,
  mgfHash: 'sha1' as const,
  label: Buffer.alloc(0),
};
/** Of everything that is recorded here. */
export const recipients = [{ publicKey: recordingKey.publicKey, identifier, keyEncryption }];

/** Judges grants as the vault does (signature, purpose, digest, whose key it is), with the key at hand. */
export class JudgingVault {
  asked = 0;
  disabled = false;

  constructor(
    private readonly grants: GrantVerifier,
    /** The contact center that the key belongs to. */
    private readonly owner: string,
  ) {}

  get client(): SessionKeyClient {
    return this as unknown as SessionKeyClient;
  }

  unwrap(request: SessionKeyRequest): Promise<SessionKeyCandidates> {
    return new Promise(resolve => resolve(this.judge(request)));
  }

  rewrapForArchive({ grant: signed, envelope, certificate, keyIdentifier }: ArchiveRewrapCall): Promise<Buffer> {
    const grant = this.grants.verifyArchiveRewrap(signed);
    const [recipient] = parseEnvelope(envelope).recipients;
    if (grant.envelopeDigest !== envelopeDigest(envelope) || keyIdentifier !== '0707' || recipient === undefined)
      throw new RcsError('RCS_GRANT_REFUSED');
    const { issuerDer: issuer, serialNumberOctets: serialNumber, publicKey } = parseCertificatePem(certificate)[0];
    const identifier = { type: 'issuer-and-serial-number', issuer, serialNumber } as const;
    const target = { identifier, publicKey, keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' } } as const;
    return Promise.resolve(encodeRecipient(target, unwrapped(recipient.encryptedKey)));
  }

  private judge({ grant: signed, envelope, tried }: SessionKeyRequest): SessionKeyCandidates {
    this.asked++;
    const grant = this.grants.verify(signed);
    if (grant.purpose !== 'play' || grant.envelopeDigest !== envelopeDigest(envelope))
      throw new RcsError('RCS_GRANT_REFUSED');
    if (grant.contactCenter !== this.owner || this.disabled || tried?.includes('0707') === true)
      throw new RcsError('RCS_KEY_NOT_FOUND');
    const [recipient] = parseEnvelope(envelope).recipients;
    if (recipient === undefined) throw new RcsError('RCS_KEY_NOT_FOUND');
    const sessionKey = unwrapped(recipient.encryptedKey);
    return { keys: [{ sessionKey, certificateAlias: 'recording', keyIdentifier: '0707' }], more: false };
  }
}

/** A padding that is wrong gives a key all the same, as in the vault. */
function unwrapped(encryptedKey: Buffer): Buffer {
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key: recordingKey.privateKey, padding, oaepHash: 'sha1' }, encryptedKey);
  } catch {
    return randomBytes(32);
  }
}
