import type { RcsError } from './rcs-error.js';

/** Retry-After in whole seconds (RFC 9110, 10.2.3) for an error that may pass; undefined where repeating is useless. */
export function retryAfterSeconds(error: RcsError): number | undefined {
  if (!error.definition.retryable) return undefined;
  return Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000));
}
