import { selectBytes } from './constant-time.js';
import { pseudoRandomKey } from './implicit-rejection.js';
import { decodeOaep, type OaepParameters } from './oaep.js';
import { decodePkcs1, type Decoded } from './pkcs1-v1-5.js';

/** How a session key is encrypted: RFC 8017, 7.1 and 7.2. */
export type KeyEncryptionScheme =
  { readonly scheme: 'rsaes-pkcs1-v1_5' } | ({ readonly scheme: 'rsaes-oaep' } & OaepParameters);

export interface EncryptedSessionKey {
  readonly scheme: KeyEncryptionScheme;
  readonly encryptedKey: Buffer;
  /** Length that the content encryption asks for, bytes. */
  readonly sessionKeyLength: number;
}

/**
 * The session key inside a raw RSA block, or, when the padding is wrong, a pseudo-random key that depends on the
 * ciphertext and the private key alone (implicit rejection). Both are always computed; which one it is cannot be seen.
 * @param plausible 1, or 0 to reject whatever the block holds.
 */
export function decodeSessionKey(
  block: Buffer,
  { scheme, encryptedKey, sessionKeyLength }: EncryptedSessionKey,
  rejectionSecret: Buffer,
  plausible: number,
): Buffer {
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
