import { constants, createPublicKey, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { encryptDetached, parseEnvelope } from '#cms';
import type { KeyEntry } from '#contracts';
import { envelopeDigest, type GrantContent } from '#grants';

/** A call as a recorder left it: the envelope, and what is inside. */
export interface RecordedCall {
  readonly envelope: Buffer;
  readonly sessionKey: Buffer;
  /** The RSA block inside the envelope. */
  readonly encryptedKey: Buffer;
  /** What a gateway would put into a grant for it. */
  readonly grant: GrantContent;
}

export const publicKeyOf = (key: KeyEntry): KeyObject =>
  createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });

/** Records a call for a key of the token, named by its subject key identifier. */
export function recordCall(key: KeyEntry, contactCenter = key.contactCenter, recording = 'call-1'): RecordedCall {
  const sessionKey = randomBytes(32);
  const encryptedKey = publicEncrypt({ key: publicKeyOf(key), padding: constants.RSA_PKCS1_PADDING }, sessionKey);
  const envelope = envelopeWith(key, encryptedKey);
  return { envelope, sessionKey, encryptedKey, grant: grantFor(envelope, contactCenter, recording) };
}

/** An envelope around any block. */
export function envelopeWith(key: KeyEntry, block: Buffer): Buffer {
  const { envelope } = encryptDetached({
    recipients: [
      {
        identifier: { type: 'subject-key-identifier', keyIdentifier: Buffer.from(key.keyIdentifier, 'hex') },
        publicKey: publicKeyOf(key),
        keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
      },
    ],
  });
  const placeholder = parseEnvelope(envelope).recipients[0]?.encryptedKey;
  if (placeholder?.length !== block.length) throw new Error('the block does not have the length of the modulus');
  const changed = Buffer.from(envelope);
  block.copy(changed, envelope.indexOf(placeholder));
  return changed;
}

export const grantFor = (envelope: Buffer, contactCenter: string, recording: string): GrantContent => ({
  sub: 'supervisor',
  contactCenter,
  recording,
  mediaFile: `${recording}.bin`,
  location: { storage: 'webDAV', path: `${recording}.bin` },
  purpose: 'play',
  layout: 'detached',
  envelopeDigest: envelopeDigest(envelope),
});
