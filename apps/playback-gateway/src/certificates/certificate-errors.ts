import { CertificateError } from '#certificates';
import { RcsError, type ErrorCode } from '#platform';

/** Input that was refused, with the reason for people and for programs. */
export function refusedInput(error: unknown, code: ErrorCode = 'RCS_KEY_REFUSED'): unknown {
  if (!(error instanceof CertificateError)) return error;
  return new RcsError(code, error.message, { publicDetail: error.message, reason: error.code, cause: error });
}

/** Runs `read` and turns what it refuses into an answer. */
export function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refusedInput(error);
  }
}

export const unknownCertificate = (alias: string): RcsError =>
  new RcsError('RCS_CERTIFICATE_NOT_FOUND', `no certificate ${JSON.stringify(alias)}`);
