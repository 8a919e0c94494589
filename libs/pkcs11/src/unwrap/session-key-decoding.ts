import type { KeyObject } from 'node:crypto';
import { TokenError } from '../errors/token-error.js';
import { selectBytes } from './constant-time.js';
import { longestSessionKeyBytes, pseudoRandomKey } from './implicit-rejection.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';
import { decodeOaep } from './oaep.js';
import { decodeOwnLength } from './own-length.js';
import { decodePkcs1, type Decoded } from './pkcs1-v1-5.js';

/** Bytes that the content encryption asks for, or `own`: as many as the message has, which nothing tells beforehand. */
export type SessionKeyLength = number | 'own';

export interface EncryptedSessionKey {
  readonly scheme: KeyEncryptionScheme;
  readonly encryptedKey: Buffer;
  readonly sessionKeyLength: SessionKeyLength;
}

/** @throws TokenError refused */
export function requireSessionKeyLength(length: SessionKeyLength): void {
  if (length === 'own' || (Number.isInteger(length) && length >= 1 && length <= longestSessionKeyBytes)) return;
  throw new TokenError('refused', `a session key has 1 to ${longestSessionKeyBytes} bytes`);
}

/**
 * The session key inside a raw RSA block, or, when the padding is wrong, a pseudo-random key that depends on the
 * ciphertext and the private key alone (implicit rejection). Both are always computed; which one it is cannot be seen.
 * @param plausible 1, or 0 to reject whatever the block holds.
 */
export function decodeSessionKey(
  block: Buffer,
  { scheme, encryptedKey, sessionKeyLength }: EncryptedSessionKey,
  rejectionSecret: KeyObject,
  plausible: number,
): Buffer {
  if (sessionKeyLength === 'own') return decodeOwnLength(block, scheme, encryptedKey, rejectionSecret, plausible);
  const substitute = pseudoRandomKey(rejectionSecret, encryptedKey, sessionKeyLength);
  const decoded = decode(block, scheme, sessionKeyLength);
  const key = selectBytes(decoded.valid & plausible, decoded.message, substitute);
  decoded.message.fill(0);
  substitute.fill(0);
  return key;
}

function decode(block: Buffer, scheme: KeyEncryptionScheme, length: number): Decoded {
  return scheme.scheme === 'rsaes-oaep' ? decodeOaep(block, length, scheme) : decodePkcs1(block, length);
}
