import { CertificateError } from '../certificate-error.js';
import type { Password } from '../password-based-encryption/password.js';
import { javaKeystoreType, readJavaKeystore } from './java/read-java-keystore.js';
import type { Keystore, KeystoreType } from './keystore.js';
import { isPkcs12 } from './pkcs12/is-pkcs12.js';
import { readPkcs12 } from './pkcs12/read-pkcs12.js';

/** Hundreds of times what a keystore of recording keys takes. */
const largestKeystore = 32 * 1024 * 1024;

/** The format of a keystore by its first octets; undefined for anything else. */
export function keystoreType(file: Buffer): KeystoreType | undefined {
  return javaKeystoreType(file) ?? (isPkcs12(file) ? 'PKCS12' : undefined);
}

/**
 * Reads a keystore: PKCS#12, or Java's JKS or JCEKS. Private keys stay encrypted until they are opened one by one.
 * @param password of the keystore; may be absent for JKS and JCEKS, whose integrity is then not proved, and for
 *   PKCS#12 files that were made without one.
 * @throws CertificateError KEYSTORE_UNRECOGNISED, KEYSTORE_TOO_LARGE, KEYSTORE_MALFORMED, KEYSTORE_UNSUPPORTED,
 *   KEYSTORE_PASSWORD_MISSING, KEYSTORE_PASSWORD_WRONG, ENCRYPTION_TOO_COSTLY
 */
export function readKeystore(file: Buffer, password?: Password): Keystore {
  if (file.length > largestKeystore) {
    throw new CertificateError(
      'KEYSTORE_TOO_LARGE',
      `the keystore has ${file.length} bytes, more than ${largestKeystore}: is it the right file?`,
    );
  }
  const type = keystoreType(file);
  switch (type) {
    case undefined:
      throw new CertificateError(
        'KEYSTORE_UNRECOGNISED',
        'the file is no keystore: PKCS#12, JKS and JCEKS are understood; was it copied in binary mode?',
      );
    case 'PKCS12':
      return readPkcs12(file, password);
    default:
      return readJavaKeystore(type, file, password);
  }
}
