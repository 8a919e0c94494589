import { ckrOf } from './ckr-names.js';

/**
 * What a failure means for the caller. `unavailable`: the token is gone, come back later; `busy`: too much at once;
 * `pin`: the PIN is wrong or locked, repeating makes it worse; `not-found`: no such key; `unsupported`: the token cannot
 * do it; `refused`: the input cannot be taken; `internal`: anything else.
 */
export type TokenFailure = 'unavailable' | 'busy' | 'pin' | 'not-found' | 'unsupported' | 'refused' | 'internal';

/** The failure as a stable code. */
export type TokenErrorCode =
  | 'TOKEN_UNAVAILABLE'
  | 'TOKEN_BUSY'
  | 'TOKEN_PIN'
  | 'TOKEN_NOT_FOUND'
  | 'TOKEN_UNSUPPORTED'
  | 'TOKEN_REFUSED'
  | 'TOKEN_INTERNAL';

const codes: Readonly<Record<TokenFailure, TokenErrorCode>> = {
  unavailable: 'TOKEN_UNAVAILABLE',
  busy: 'TOKEN_BUSY',
  pin: 'TOKEN_PIN',
  'not-found': 'TOKEN_NOT_FOUND',
  unsupported: 'TOKEN_UNSUPPORTED',
  refused: 'TOKEN_REFUSED',
  internal: 'TOKEN_INTERNAL',
};

export interface TokenErrorDetails {
  /** Name of the PKCS#11 return value behind it. */
  readonly ckr?: string | undefined;
  /** When to come back, milliseconds; only for `unavailable` and `busy`. */
  readonly retryAfterMs?: number;
  /** Nothing that was asked explains it: another session may do better, or another token. */
  readonly fault?: boolean;
  readonly cause?: unknown;
}

/** A failure of the token. The message carries names of return values, never PINs or key bytes. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;
  readonly ckr: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** See `TokenErrorDetails`. */
  readonly fault: boolean;

  constructor(
    readonly failure: TokenFailure,
    message: string,
    { ckr, retryAfterMs, fault, cause }: TokenErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = codes[failure];
    this.ckr = ckr;
    this.retryAfterMs = retryAfterMs;
    this.fault = fault ?? false;
  }
}

/** Anything thrown while the token was at work, typed. */
export function toTokenError(error: unknown, what: string): TokenError {
  if (error instanceof TokenError) return error;
  const ckr = ckrOf(error);
  if (ckr === undefined) return new TokenError('internal', `${what} failed`, { cause: error });
  return new TokenError(failureOf(ckr), `${what} failed: ${ckr}`, { ckr });
}

/**
 * A failure that says nothing about what was asked, whatever its code says elsewhere: of C_Decrypt no code is believed, a
 * vendor's own or CKR_PIN_INCORRECT as little as CKR_DEVICE_ERROR.
 */
export function tokenFault(what: string, ckr: string | undefined): TokenError {
  return new TokenError('unavailable', `${what} failed: ${ckr ?? 'the answer is wrong'}`, { ckr, fault: true });
}

function failureOf(ckr: string): TokenFailure {
  if (isOneOf(pinFailures, ckr)) return 'pin';
  if (isOneOf(tokenFailures, ckr) || isOneOf(sessionFailures, ckr) || ckr === 'CKR_USER_NOT_LOGGED_IN') {
    return 'unavailable';
  }
  if (ckr === 'CKR_SESSION_COUNT') return 'busy';
  return isOneOf(unsupported, ckr) ? 'unsupported' : 'internal';
}

export const isOneOf = (list: readonly string[], ckr: string | undefined): boolean =>
  ckr !== undefined && list.includes(ckr);

/** The PIN does not open the token; each further try may lock it for good. */
export const pinFailures: readonly string[] = [
  'CKR_PIN_INCORRECT',
  'CKR_PIN_LOCKED',
  'CKR_PIN_EXPIRED',
  'CKR_PIN_INVALID',
  'CKR_PIN_LEN_RANGE',
  'CKR_USER_PIN_NOT_INITIALIZED',
];

/** The token or its module is gone. */
export const tokenFailures: readonly string[] = [
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_REMOVED',
  'CKR_DEVICE_MEMORY',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_SLOT_ID_INVALID',
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_LIBRARY_LOAD_FAILED',
  'CKR_FIPS_SELF_TEST_FAILED',
];

/** Only the session is lost; another one may work. */
export const sessionFailures: readonly string[] = [
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SESSION_CLOSED',
  'CKR_SESSION_READ_ONLY',
  'CKR_OPERATION_ACTIVE',
  'CKR_OPERATION_NOT_INITIALIZED',
];

/** A remembered handle is worth nothing any more: the object was removed, or the login that it belonged to is over. */
export const staleHandles: readonly string[] = ['CKR_KEY_HANDLE_INVALID', 'CKR_OBJECT_HANDLE_INVALID'];

/** May be the end of the token or a mere mishap: modules use them for both, so the token is asked how it is. */
export const ambiguousFailures: readonly string[] = [
  'CKR_GENERAL_ERROR',
  'CKR_FUNCTION_FAILED',
  'CKR_HOST_MEMORY',
  'CKR_TOKEN_RESOURCE_EXCEEDED',
];

const unsupported: readonly string[] = [
  'CKR_FUNCTION_NOT_SUPPORTED',
  'CKR_MECHANISM_INVALID',
  'CKR_MECHANISM_PARAM_INVALID',
  'CKR_KEY_FUNCTION_NOT_PERMITTED',
  'CKR_KEY_SIZE_RANGE',
];

/** After these the session is as good as before: the call was refused, and no operation is left open in it. */
export const harmlessFailures: readonly string[] = [
  ...staleHandles,
  'CKR_ENCRYPTED_DATA_INVALID',
  'CKR_ENCRYPTED_DATA_LEN_RANGE',
  'CKR_DATA_INVALID',
  'CKR_DATA_LEN_RANGE',
  'CKR_ATTRIBUTE_READ_ONLY',
  'CKR_ATTRIBUTE_SENSITIVE',
  'CKR_ATTRIBUTE_TYPE_INVALID',
  'CKR_ATTRIBUTE_VALUE_INVALID',
  'CKR_TEMPLATE_INCOMPLETE',
  'CKR_TEMPLATE_INCONSISTENT',
  'CKR_TOKEN_WRITE_PROTECTED',
  ...unsupported,
];

/** A session in which anything unknown happened is not given to the next one. */
export const isSessionUsable = ({ ckr, failure, cause, fault }: TokenError): boolean =>
  fault
    ? isOneOf(staleHandles, ckr)
    : ckr === undefined
      ? failure !== 'unavailable' && cause === undefined
      : isOneOf(harmlessFailures, ckr);
