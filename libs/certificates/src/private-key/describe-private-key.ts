import { CertificateError } from '../certificate-error.js';
import type { CertificateInfo } from '../certificate/certificate-info.js';
import type { Password } from '../password-based-encryption/password.js';
import { keyMatchesCertificate } from './key-matches-certificate.js';
import { parsePrivateKeyPem, privateKeyFormat, type PrivateKeyFormat } from './parse-private-key.js';

/** What may be said of a private key without saying anything of its secret. */
export interface PrivateKeyDescription {
  readonly format: PrivateKeyFormat;
  readonly encrypted: boolean;
  /** Bits. */
  readonly size?: number;
  /** Absent when there was no certificate to compare with. */
  readonly matchesCertificate?: boolean;
  /** Why it cannot be opened. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/**
 * Describes a PEM file with a private key, and overwrites the file. The format is told even where the key cannot be
 * opened. @throws CertificateError for a file without a key.
 */
export function describePrivateKey(
  file: Buffer,
  password: Password | undefined,
  certificate: CertificateInfo | undefined,
): PrivateKeyDescription {
  try {
    const format = privateKeyFormat(file);
    const described = { format, encrypted: format.startsWith('encrypted') };
    try {
      const { pkcs8, publicKey } = parsePrivateKeyPem(file, password);
      pkcs8.fill(0);
      return {
        ...described,
        size: publicKey.asymmetricKeyDetails?.modulusLength ?? 0,
        ...(certificate === undefined ? {} : { matchesCertificate: keyMatchesCertificate(publicKey, certificate) }),
      };
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      return { ...described, problem: { code: error.code, message: error.message } };
    }
  } finally {
    file.fill(0);
  }
}
