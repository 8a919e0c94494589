import { CertificateError, type CertificateErrorCode } from '../certificate-error.js';

/** The code with which something is refused; undefined when it is not. Any other error is a fault and goes on. */
export function refusal(read: () => unknown): CertificateErrorCode | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof CertificateError) return error.code;
    throw error;
  }
}
