import { CertificateError } from '#certificates';
import { RcsError, type ErrorCode } from '#platform';

/** What a request carries that may be wrong in itself. */
type InputField = 'certificate' | 'privateKey';

/** Input that was refused, with the reason for people and for programs, and the field where there are several. */
export function refusedInput(error: unknown, code: ErrorCode = 'RCS_KEY_REFUSED', field?: InputField): unknown {
  if (!(error instanceof CertificateError)) return error;
  const publicDetail = field === undefined ? error.message : `${field}: ${error.message}`;
  return new RcsError(code, publicDetail, { publicDetail, reason: error.code, cause: error });
}

/** Runs `read` and turns what it refuses into an answer. */
export function orRefuse<T>(read: () => T, field?: InputField): T {
  try {
    return read();
  } catch (error) {
    throw refusedInput(error, undefined, field);
  }
}

export const unknownCertificate = (alias: string): RcsError =>
  new RcsError('RCS_CERTIFICATE_NOT_FOUND', undefined, {
    publicDetail: `there is no recording certificate ${JSON.stringify(alias)}`,
  });
