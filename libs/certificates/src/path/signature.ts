import { X509Certificate } from 'node:crypto';
import type { CertificateInfo } from '../certificate/certificate-info.js';

/** Whether OpenSSL finds the signature of a certificate to be of the issuer's key. */
export function isSignedBy(certificate: CertificateInfo, issuer: CertificateInfo): boolean {
  try {
    return new X509Certificate(certificate.der).verify(issuer.publicKey);
  } catch {
    // OpenSSL has no way to check it: that is not a good signature either.
    return false;
  }
}
