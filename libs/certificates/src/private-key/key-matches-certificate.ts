import type { KeyObject } from 'node:crypto';
import type { CertificateInfo } from '../certificate/certificate-info.js';

/** Whether a public key, taken from a private one, is that of the certificate. */
export function keyMatchesCertificate(publicKey: KeyObject, certificate: Pick<CertificateInfo, 'publicKey'>): boolean {
  return publicKey.equals(certificate.publicKey);
}
