import type { RcsError } from './rcs-error.js';

const longestSeconds = 3600;

/**
 * Retry-After in whole seconds (RFC 9110, 10.2.3), 1 to 3600, for an error that may pass; undefined where repeating is
 * useless.
 */
export function retryAfterSeconds(error: RcsError): number | undefined {
  if (!error.definition.retryable) return undefined;
  const seconds = Math.ceil((error.retryAfterMs ?? 1000) / 1000);
  return Number.isNaN(seconds) ? 1 : Math.min(Math.max(1, seconds), longestSeconds);
}
