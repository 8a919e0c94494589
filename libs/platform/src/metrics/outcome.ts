import { errorRegistry, type ErrorCode, type ErrorDefinition } from '../errors/error-registry.js';
import { toRcsError } from '../errors/rcs-error.js';

/** The value of an `outcome` label: `ok`, or the code of the error. Bounded by the registry of errors. */
export function outcomeOf(error: unknown): string {
  return error === undefined ? 'ok' : toRcsError(error).code;
}

/**
 * The codes that are failures of this system, not of its callers. Counters begin at zero for them: a series that appears
 * with its first failure hides that failure from `increase()`.
 */
export const failureCodes: readonly ErrorCode[] = Object.entries<ErrorDefinition>(errorRegistry)
  .filter(([, { http }]) => http >= 500)
  .map(([code]) => code as ErrorCode);
