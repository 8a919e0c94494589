import { isRangeError } from '#asn1';
import { CertificateError } from '../certificate-error.js';
import { UnsupportedEncryption } from '../password-based-encryption/unsupported-encryption.js';

/** OpenSSL's own messages are not passed on: they help nobody outside and might quote input. */
export function malformedPrivateKey(): CertificateError {
  return new CertificateError(
    'PRIVATE_KEY_MALFORMED',
    'the private key cannot be read: the file is damaged; export the key again',
  );
}

export function privateKeyPasswordMissing(): CertificateError {
  return new CertificateError(
    'PRIVATE_KEY_PASSWORD_MISSING',
    'the private key is encrypted: give the password it was encrypted with',
  );
}

export function privateKeyPasswordWrong(): CertificateError {
  return new CertificateError(
    'PRIVATE_KEY_PASSWORD_WRONG',
    'the private key does not open with this password: the password is wrong, or the file is damaged',
  );
}

/** Runs the opening of an encrypted key: whatever goes wrong becomes a typed error without a cause that could quote it. */
export function asPrivateKeyError<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    if (isRangeError(error)) throw malformedPrivateKey();
    if (!(error instanceof UnsupportedEncryption)) throw privateKeyPasswordWrong();
    throw new CertificateError(
      'PRIVATE_KEY_ENCRYPTION_UNSUPPORTED',
      `the private key is encrypted with an algorithm that is not supported (${error.algorithm}): convert it, for instance with "openssl pkcs8 -topk8 -v2 aes-256-cbc"`,
    );
  }
}
