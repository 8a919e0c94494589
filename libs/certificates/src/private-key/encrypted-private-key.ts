import { DerTag, isRangeError, readDerElements } from '#asn1';
import { berOctets } from '../asn1/ber-element.js';
import { readAlgorithmIdentifier, readSequenceOfFile, type AlgorithmIdentifier } from '../asn1/ber-values.js';
import { decryptWithPassword } from '../password-based-encryption/decrypt-with-password.js';
import type { Password } from '../password-based-encryption/password.js';
import { WorkLimit } from '../password-based-encryption/work-limits.js';
import { asPrivateKeyError, privateKeyPasswordWrong } from './private-key-errors.js';

export interface EncryptedPrivateKeyInfo {
  readonly encryption: AlgorithmIdentifier;
  readonly ciphertext: Buffer;
}

/** RFC 5958, 3. @throws RangeError */
export function readEncryptedPrivateKeyInfo(der: Buffer): EncryptedPrivateKeyInfo {
  const [encryption, ciphertext] = readSequenceOfFile(der, 'EncryptedPrivateKeyInfo');
  return {
    encryption: readAlgorithmIdentifier(encryption, 'encryptionAlgorithm'),
    ciphertext: berOctets(ciphertext),
  };
}

/**
 * Opens an EncryptedPrivateKeyInfo with any scheme of PKCS#5 or PKCS#12, within bounds of time and memory.
 * @returns PrivateKeyInfo, DER; the caller overwrites it.
 * @throws CertificateError PRIVATE_KEY_MALFORMED, PRIVATE_KEY_PASSWORD_WRONG, PRIVATE_KEY_ENCRYPTION_UNSUPPORTED,
 *   ENCRYPTION_TOO_COSTLY
 */
export function decryptPrivateKeyInfo(der: Buffer, password: Password, limit = new WorkLimit()): Buffer {
  return asPrivateKeyError(() => {
    const { encryption, ciphertext } = readEncryptedPrivateKeyInfo(der);
    return checkedPrivateKeyInfo(decryptWithPassword(encryption, password, ciphertext, limit));
  });
}

/**
 * One wrong password in 256 leaves something that looks like padding; what it covers is then no PrivateKeyInfo.
 * @throws CertificateError PRIVATE_KEY_PASSWORD_WRONG
 */
export function checkedPrivateKeyInfo(plaintext: Buffer): Buffer {
  try {
    const [info, ...rest] = readDerElements(plaintext);
    const [version] = info?.tag === DerTag.sequence && rest.length === 0 ? readDerElements(info.content) : [];
    if (version?.tag === DerTag.integer) return plaintext;
  } catch (error) {
    if (!isRangeError(error)) throw error;
  }
  plaintext.fill(0);
  throw privateKeyPasswordWrong();
}
