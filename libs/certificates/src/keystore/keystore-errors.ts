import { isRangeError } from '#asn1';
import { CertificateError } from '../certificate-error.js';
import { UnsupportedEncryption } from '../password-based-encryption/unsupported-encryption.js';

export function malformedKeystore(type: string, reason: string): CertificateError {
  return new CertificateError(
    'KEYSTORE_MALFORMED',
    `the ${type} keystore cannot be read (${reason}): the file is damaged or cut off; copy it again, in binary mode`,
  );
}

export function keystorePasswordMissing(type: string): CertificateError {
  return new CertificateError('KEYSTORE_PASSWORD_MISSING', `the ${type} keystore needs its password: give it`);
}

export function keystorePasswordWrong(type: string): CertificateError {
  return new CertificateError(
    'KEYSTORE_PASSWORD_WRONG',
    `the ${type} keystore does not open: the password is wrong, or somebody changed the file`,
  );
}

export function keystoreUnsupported(type: string, what: string): CertificateError {
  return new CertificateError(
    'KEYSTORE_UNSUPPORTED',
    `the ${type} keystore uses ${what}, which is not supported: convert it with "keytool -importkeystore -deststoretype PKCS12"`,
  );
}

/** Runs a reader of a file; whatever it meets becomes a typed error that repeats nothing of the file. */
export function asKeystoreError<T>(type: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    if (error instanceof UnsupportedEncryption) throw keystoreUnsupported(type, `the algorithm ${error.algorithm}`);
    if (isRangeError(error)) throw malformedKeystore(type, readableReason(error));
    throw error;
  }
}

/** Node's own range errors speak of offsets in buffers. */
function readableReason(error: RangeError): string {
  return 'code' in error ? 'it ends too early' : error.message;
}
