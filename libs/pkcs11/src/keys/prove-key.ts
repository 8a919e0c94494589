import { constants, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { TokenError } from '../errors/token-error.js';
import type { TokenSession } from '../sessions/token-session.js';
import type { OaepHash } from '../unwrap/oaep.js';
import { mechanismOf } from '../unwrap/token-paddings.js';
import type { OfferedMechanisms } from './offered-mechanisms.js';
import { readAttributes } from './token-objects.js';

const isTrue = Buffer.of(1);
const isFalse = Buffer.of(0);

/**
 * Proves that a new private key cannot be read: some modules take the attributes and do as they like.
 * @throws TokenError unsupported; the caller removes the key.
 */
export function proveUnreadable(session: TokenSession, key: pkcs11.Handle): void {
  const [sensitive, extractable] = readAttributes(session, key, [pkcs11.CKA_SENSITIVE, pkcs11.CKA_EXTRACTABLE]) ?? [];
  if (sensitive?.equals(isTrue) === true && extractable?.equals(isFalse) === true && !isReadable(session, key)) return;
  throw new TokenError('unsupported', 'the token does not keep the private key secret; it was removed again');
}

/** Modules refuse the exponent with codes of many kinds; only bytes are a private key. */
function isReadable(session: TokenSession, key: pkcs11.Handle): boolean {
  try {
    const [exponent] = readAttributes(session, key, [pkcs11.CKA_PRIVATE_EXPONENT]) ?? [];
    const exposed = exponent !== undefined && exponent.length > 0;
    exponent?.fill(0);
    return exposed;
  } catch (error) {
    if (ckrOf(error) === undefined) throw error;
    return false;
  }
}

interface Trial {
  readonly mechanism: pkcs11.Mechanism;
  readonly ciphertext: Buffer;
  readonly expected: Buffer;
}

/**
 * Proves that a new private key decrypts what its public key encrypted, with the mechanism that will unwrap session keys:
 * the bare RSA operation where the token offers it, else one of its paddings.
 * @throws TokenError; the caller removes the key.
 */
export async function proveDecrypts(
  session: TokenSession,
  key: pkcs11.Handle,
  publicKey: KeyObject,
  offered: OfferedMechanisms,
): Promise<void> {
  const refusals: string[] = [];
  for (const { mechanism, ciphertext, expected } of trials(publicKey, offered)) {
    try {
      const decrypted = await session.decrypt(mechanism, key, ciphertext, ciphertext.length);
      // A bare RSA block comes with the zero in front, or without.
      if (decrypted.equals(expected) || decrypted.equals(Buffer.concat([Buffer.of(0), expected]))) return;
      throw new TokenError('internal', 'the token does not decrypt with the key it was given; it was removed again');
    } catch (error) {
      const ckr = ckrOf(error);
      if (ckr === undefined) throw error;
      refusals.push(ckr);
    }
  }
  const why = refusals.length === 0 ? 'it offers no decryption by RSA' : refusals.join(', ');
  throw new TokenError('unsupported', `the token does not decrypt with the key: ${why}; it was removed again`);
}

function trials(publicKey: KeyObject, offered: OfferedMechanisms): Trial[] {
  if (offered.allows(pkcs11.CKM_RSA_X_509, pkcs11.CKF_DECRYPT)) return [rawTrial(publicKey)];
  return [
    ...(offered.allows(pkcs11.CKM_RSA_PKCS, pkcs11.CKF_DECRYPT) ? [pkcs1Trial(publicKey)] : []),
    ...(offered.allows(pkcs11.CKM_RSA_PKCS_OAEP, pkcs11.CKF_DECRYPT)
      ? [oaepTrial(publicKey, 'sha1'), oaepTrial(publicKey, 'sha256')]
      : []),
  ];
}

function rawTrial(key: KeyObject): Trial {
  const bytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const expected = Buffer.concat([Buffer.of(0, 2), randomBytes(bytes - 2)]);
  const ciphertext = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, expected);
  return { mechanism: { mechanism: pkcs11.CKM_RSA_X_509 }, ciphertext, expected: expected.subarray(1) };
}

function pkcs1Trial(key: KeyObject): Trial {
  const expected = randomBytes(32);
  const ciphertext = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, expected);
  return { mechanism: { mechanism: pkcs11.CKM_RSA_PKCS }, ciphertext, expected };
}

function oaepTrial(key: KeyObject, hash: OaepHash): Trial {
  const expected = randomBytes(32);
  const scheme = { scheme: 'rsaes-oaep', hash, mgfHash: hash, label: Buffer.alloc(0) } as const;
  return { mechanism: mechanismOf(scheme), ciphertext: publicEncrypt({ key, oaepHash: hash }, expected), expected };
}
