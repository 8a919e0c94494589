import { CertificateError, parseCertificatePem, type CertificateInfo } from '#certificates';
import { RcsError } from '#platform';

/** The first certificate of what a caller sent. @throws RcsError RCS_KEY_REFUSED */
export function readCertificate(pem: string): CertificateInfo {
  try {
    return parseCertificatePem(pem)[0];
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new RcsError('RCS_KEY_REFUSED', error.message, { publicDetail: error.message, cause: error });
  }
}
