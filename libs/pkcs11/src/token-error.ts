import { ckrOf } from './ckr-names.js';

/**
 * What a failure means for the caller. `unavailable`: the token is gone, come back later; `busy`: too much at once;
 * `pin`: the PIN is wrong or locked, repeating makes it worse; `not-found`: no such key; `unsupported`: the token cannot
 * do it; `refused`: the input cannot be taken; `internal`: anything else.
 */
export type TokenFailure = 'unavailable' | 'busy' | 'pin' | 'not-found' | 'unsupported' | 'refused' | 'internal';

/** A failure of the token. The message carries names of return values, never PINs or key bytes. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(
    readonly failure: TokenFailure,
    message: string,
    readonly ckr?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const pinFailures = ['CKR_PIN_INCORRECT', 'CKR_PIN_LOCKED', 'CKR_PIN_EXPIRED', 'CKR_PIN_INVALID', 'CKR_PIN_LEN_RANGE'];

/** Return values after which the token itself is in doubt, not only this call. */
const tokenFailures = [
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_REMOVED',
  'CKR_DEVICE_MEMORY',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_SLOT_ID_INVALID',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SESSION_CLOSED',
  'CKR_USER_NOT_LOGGED_IN',
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_HOST_MEMORY',
];

/** Return values that tell that a remembered handle is worth nothing any more. */
export const staleHandles: readonly string[] = ['CKR_KEY_HANDLE_INVALID', 'CKR_OBJECT_HANDLE_INVALID'];

/** Anything the binding throws, typed. */
export function toTokenError(error: unknown, what: string): TokenError {
  if (error instanceof TokenError) return error;
  const ckr = ckrOf(error);
  if (ckr === undefined) return new TokenError('internal', `${what} failed`, undefined, { cause: error });
  const failure = pinFailures.includes(ckr) ? 'pin' : tokenFailures.includes(ckr) ? 'unavailable' : 'internal';
  return new TokenError(failure, `${what} failed: ${ckr}`, ckr);
}
