import { constants, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { TokenError } from '../errors/token-error.js';
import type { TokenSession } from '../sessions/token-session.js';
import { readAttributes } from './token-objects.js';

const isTrue = Buffer.of(1);
const isFalse = Buffer.of(0);

/**
 * Proves that a new private key cannot be read: some modules take the attributes and do as they like.
 * @throws TokenError unsupported; the caller removes the key.
 */
export function proveUnreadable(session: TokenSession, key: pkcs11.Handle): void {
  const [sensitive, extractable, exponent] =
    readAttributes(session, key, [pkcs11.CKA_SENSITIVE, pkcs11.CKA_EXTRACTABLE, pkcs11.CKA_PRIVATE_EXPONENT]) ?? [];
  const exposed = exponent !== undefined && exponent.length > 0;
  exponent?.fill(0);
  if (sensitive?.equals(isTrue) === true && extractable?.equals(isFalse) === true && !exposed) return;
  throw new TokenError('unsupported', 'the token does not keep the private key secret; it was removed again');
}

/** Proves that a new private key decrypts what its public key encrypted. @throws TokenError; the caller removes the key. */
export async function proveDecrypts(session: TokenSession, key: pkcs11.Handle, publicKey: KeyObject): Promise<void> {
  const message = randomBytes(32);
  const ciphertext = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
  const decrypted = await session.decrypt({ mechanism: pkcs11.CKM_RSA_PKCS }, key, ciphertext, ciphertext.length);
  if (decrypted.equals(message)) return;
  throw new TokenError('internal', 'the token does not decrypt with the key it was given; it was removed again');
}
