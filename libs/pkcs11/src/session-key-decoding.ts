import { createHash, createHmac } from 'node:crypto';
import { selectBytes } from './decoding/constant-time.js';
import { decodeOaep, type OaepParameters } from './decoding/oaep.js';
import { decodePkcs1, type Decoded } from './decoding/pkcs1-v1-5.js';

/** How a session key is encrypted: RFC 8017, 7.1 and 7.2. */
export type KeyEncryptionScheme =
  { readonly scheme: 'rsaes-pkcs1-v1_5' } | ({ readonly scheme: 'rsaes-oaep' } & OaepParameters);

/**
 * The session key inside a raw RSA block, or, when the padding is wrong, a pseudo-random key that depends on the
 * ciphertext and the private key alone (implicit rejection). Both are always computed; which one it is cannot be seen.
 */
export function decodeSessionKey(
  block: Buffer,
  encryptedKey: Buffer,
  scheme: KeyEncryptionScheme,
  length: number,
  rejectionSecret: Buffer,
): Buffer {
  const substitute = pseudoRandomKey(rejectionSecret, encryptedKey, length);
  const decoded = decode(block, scheme, length);
  const key = selectBytes(decoded.valid, decoded.message, substitute);
  decoded.message.fill(0);
  substitute.fill(0);
  return key;
}

function decode(block: Buffer, scheme: KeyEncryptionScheme, length: number): Decoded {
  return scheme.scheme === 'rsaes-oaep' ? decodeOaep(block, length, scheme) : decodePkcs1(block, length);
}

export function pseudoRandomKey(secret: Buffer, encryptedKey: Buffer, length: number): Buffer {
  return createHmac('sha512', secret).update(encryptedKey).digest().subarray(0, length);
}

const domain = 'recording-crypto-server implicit rejection v1';

/** A number below every modulus of this size, the same everywhere: its private operation is known to the key alone. */
export function rejectionChallenge(modulusBytes: number): Buffer {
  const challenge = Buffer.alloc(modulusBytes);
  for (let offset = 1, counter = 0; offset < modulusBytes; counter++) {
    offset += createHash('sha256').update(`${domain} ${counter}`).digest().copy(challenge, offset);
  }
  return challenge;
}

/** The secret of a key, from its private operation on the challenge. The block itself never leaves this module. */
export function rejectionSecretFrom(block: Buffer): Buffer {
  return createHash('sha256').update(domain).update(block).digest();
}
