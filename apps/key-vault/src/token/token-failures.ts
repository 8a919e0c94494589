import { TokenError } from '#pkcs11';
import { describeError, RcsError } from '#platform';

/** Runs work in a token; its failures become errors that cross the wire. @throws RcsError */
export async function withTokenFailures<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof TokenError ? fromTokenError(error) : error;
  }
}

/** The error of the wire for one of a token. Its text is for the log, but where a caller can do something about it. */
export function fromTokenError(error: TokenError): RcsError {
  const options = { cause: error, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) };
  switch (error.failure) {
    case 'unavailable':
    case 'pin':
      return new RcsError('RCS_TOKEN_UNAVAILABLE', error.message, options);
    case 'busy':
      return new RcsError('RCS_OVERLOADED', error.message, options);
    case 'not-found':
      return new RcsError('RCS_KEY_NOT_FOUND', error.message, { cause: error });
    case 'refused':
      return new RcsError('RCS_KEY_REFUSED', error.message, { cause: error, publicDetail: error.message });
    case 'unsupported':
    case 'internal':
      return new RcsError('RCS_INTERNAL', describeError(error), { cause: error });
  }
}
