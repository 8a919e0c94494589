import type { CertificateInfo } from './certificate-info.js';

/** Where a moment lies in the validity of a certificate (RFC 5280, 4.1.2.5: both ends belong to it). */
export type CertificateStatus = 'valid' | 'not-yet-valid' | 'expired';

/** An expired certificate stays useful: recordings made in its time are opened with its key. */
export function certificateStatus(
  certificate: Pick<CertificateInfo, 'notBefore' | 'notAfter'>,
  now: Date,
): CertificateStatus {
  if (now < certificate.notBefore) return 'not-yet-valid';
  return now > certificate.notAfter ? 'expired' : 'valid';
}
