import type * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { isOneOf, TokenError, tokenFault } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';

/** What C_DecryptInit answers when mechanism and key do not go together in this token, today or tomorrow. */
const notOffered: readonly string[] = [
  'CKR_FUNCTION_NOT_SUPPORTED',
  'CKR_MECHANISM_INVALID',
  'CKR_MECHANISM_PARAM_INVALID',
  'CKR_KEY_FUNCTION_NOT_PERMITTED',
  'CKR_KEY_SIZE_RANGE',
  'CKR_KEY_TYPE_INCONSISTENT',
];

/**
 * Begins a decryption. The token has not seen the ciphertext yet, so that a failure is about mechanism and key, or about
 * the token itself.
 * @throws TokenError unsupported, or unavailable as a fault of the token
 */
export function startDecryption(session: TokenSession, key: TokenKey, mechanism: pkcs11.Mechanism): void {
  try {
    session.startDecryption(mechanism, key.handle);
  } catch (error) {
    const ckr = ckrOf(error);
    throw ckr === undefined ? error : notStarted(ckr, mechanism.parameter !== undefined);
  }
}

/** What it means that C_DecryptInit answers this: unsupported, or unavailable as a fault of the token. */
export function notStarted(ckr: string, hasParameters = false): TokenError {
  // SoftHSM's answer to parameters of OAEP that it does not know.
  const unknownParameters = ckr === 'CKR_ARGUMENTS_BAD' && hasParameters;
  if (!unknownParameters && !isOneOf(notOffered, ckr)) return tokenFault('C_DecryptInit', ckr);
  const message = `the token does not decrypt in this way: C_DecryptInit answers ${ckr}`;
  return new TokenError('unsupported', message, { ckr });
}

/** What came of C_Decrypt: one of the two. */
export interface Decryption {
  /** Whoever gets it overwrites it. */
  readonly message?: Buffer;
  readonly ckr?: string;
}

/**
 * C_Decrypt after `startDecryption`, whatever it answers: PKCS#11 leaves modules free in what they say of wrong padding
 * (2.40, 5.1.6), so that nobody may judge by the code alone.
 * @throws TokenError when there is no answer: the call hangs, or the session has ended
 */
export async function finishDecryption(session: TokenSession, key: TokenKey, ciphertext: Buffer): Promise<Decryption> {
  try {
    return { message: await session.finishDecryption(ciphertext, key.modulus.length) };
  } catch (error) {
    const ckr = ckrOf(error);
    if (ckr === undefined) throw error;
    return { ckr };
  }
}
