import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { TokenError } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';
import type { OaepHash } from './oaep.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';

/** Whatever modules answer when the padding is wrong; CKR_GENERAL_ERROR is SoftHSM's. */
export const paddingFailures: readonly string[] = [
  'CKR_ENCRYPTED_DATA_INVALID',
  'CKR_ENCRYPTED_DATA_LEN_RANGE',
  'CKR_DATA_INVALID',
  'CKR_DATA_LEN_RANGE',
  'CKR_BUFFER_TOO_SMALL',
  'CKR_ARGUMENTS_BAD',
  'CKR_GENERAL_ERROR',
  'CKR_FUNCTION_FAILED',
];

/** CKZ_DATA_SPECIFIED */
const labelIsGiven = 1;
/** CKM, CKG of each hash. */
const hashes: Readonly<Record<OaepHash, readonly [number, number]>> = {
  sha1: [pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1],
  sha224: [pkcs11.CKM_SHA224, pkcs11.CKG_MGF1_SHA224],
  sha256: [pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256],
  sha384: [pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384],
  sha512: [pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512],
};

/**
 * Begins a decryption with a padding of the token. A failure here is about mechanism and key, never about the ciphertext,
 * which the token has not seen yet.
 */
export function startDecryption(session: TokenSession, key: TokenKey, scheme: KeyEncryptionScheme): void {
  try {
    session.startDecryption(mechanismOf(scheme), key.handle);
  } catch (error) {
    if (ckrOf(error) !== 'CKR_ARGUMENTS_BAD') throw error;
    throw new TokenError('unsupported', 'the token does not know these parameters of RSAES-OAEP', {
      ckr: 'CKR_ARGUMENTS_BAD',
    });
  }
}

function mechanismOf(scheme: KeyEncryptionScheme): pkcs11.Mechanism {
  if (scheme.scheme === 'rsaes-pkcs1-v1_5') return { mechanism: pkcs11.CKM_RSA_PKCS };
  const [hashAlg] = hashes[scheme.hash];
  const [, mgf] = hashes[scheme.mgfHash];
  const parameter = {
    type: pkcs11.CK_PARAMS_RSA_OAEP,
    hashAlg,
    mgf,
    source: labelIsGiven,
    sourceData: scheme.label,
  };
  return { mechanism: pkcs11.CKM_RSA_PKCS_OAEP, parameter };
}
