import { createHash, createHmac, type KeyObject } from 'node:crypto';

const domain = 'recording-crypto-server implicit rejection v1';
/** HMAC-SHA-512 gives this many bytes; no content encryption asks for more. */
export const longestSessionKeyBytes = 64;

/**
 * What a bad ciphertext decrypts to: always the same for the same ciphertext, and unrelated to that of any other. The secret
 * is a key object: Node needs five times as long for an HMAC with bytes that it has not seen as a key.
 */
export function pseudoRandomKey(secret: KeyObject, encryptedKey: Buffer, length: number): Buffer {
  return createHmac('sha512', secret).update(encryptedKey).digest().subarray(0, length);
}

/**
 * A number below every modulus of this size (its first byte is 0), the same everywhere. The secret of a key is made from
 * the key's private operation on it, so that all replicas and restarts reject alike without sharing anything. That is
 * safe because the result of this operation is never released: nobody gets it who cannot use the
 * key itself, and what is released of other blocks (the message of valid padding, or this HMAC) tells nothing about it.
 */
export function rejectionChallenge(modulusBytes: number): Buffer {
  const challenge = Buffer.alloc(modulusBytes);
  for (let offset = 1, counter = 0; offset < modulusBytes; counter++) {
    offset += createHash('sha256').update(`${domain} ${counter}`).digest().copy(challenge, offset);
  }
  return challenge;
}

/** What a key of the token authenticates (RFC 2104) where no private operation can be had as it is. */
export const rejectionHmacMessage = Buffer.from(domain, 'utf8');

/** The rejection secret, from what nobody gets who cannot use the key: its private operation on the challenge, or an HMAC. */
export function rejectionSecretFrom(block: Buffer): Buffer {
  return createHash('sha256').update(domain).update(block).digest();
}
