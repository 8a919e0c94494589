import type { AlgorithmIdentifier } from '../asn1/ber-values.js';
import { decryptOlder } from './older-schemes.js';
import type { Password } from './password.js';
import { decryptPbes2 } from './pbes2.js';
import { UnsupportedEncryption } from './unsupported-encryption.js';
import type { WorkLimit } from './work-limits.js';

const pbes2 = '1.2.840.113549.1.5.13';

/**
 * Undoes password-based encryption (PKCS#5, PKCS#12). The caller overwrites the result.
 * @throws RangeError when the parameters are malformed, UnsupportedEncryption for algorithms that are not known,
 *   CertificateError ENCRYPTION_TOO_COSTLY, Error when the padding is wrong, as it mostly is with a wrong password.
 */
export function decryptWithPassword(
  { algorithm, parameters }: AlgorithmIdentifier,
  password: Password,
  ciphertext: Buffer,
  limit: WorkLimit,
): Buffer {
  if (algorithm === pbes2) return decryptPbes2(parameters, password, ciphertext, limit);
  const plaintext = decryptOlder(algorithm, parameters, password, ciphertext, limit);
  if (plaintext === undefined) throw new UnsupportedEncryption(algorithm);
  return plaintext;
}
