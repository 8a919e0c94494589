import { TokenError, toTokenError } from '../errors/token-error.js';
import type { CrossingError } from './host-messages.js';

/** A failure in the host, as it is sent. */
export function crossingError(error: unknown, what: string): CrossingError {
  const { failure, message, ckr, retryAfterMs, cause } = toTokenError(error, what);
  // What was thrown by anything but the module would be lost otherwise; it quotes no PIN and no key.
  const reason = ckr === undefined && failure === 'internal' && cause instanceof Error ? ` (${cause.message})` : '';
  return { failure, message: `${message}${reason}`, ckr, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The same failure, where it was asked for. */
export function tokenErrorOf({ failure, message, ckr, retryAfterMs }: CrossingError): TokenError {
  return new TokenError(failure, message, { ckr, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
