import { errorRegistry, type ErrorCode, type ErrorDefinition } from '../errors/error-registry.js';
import { toRcsError } from '../errors/rcs-error.js';

/** The value of an `outcome` label: `ok`, or the code of the error. Bounded by the registry of errors. */
export function outcomeOf(error: unknown): string {
  return error === undefined ? 'ok' : toRcsError(error).code;
}

export type OutcomeLabels = {
  /** `ok`, `aborted`, or an error code. */
  readonly outcome: string;
  /** What it means for a rate of errors: only `failed` is a failure of this system. */
  readonly result: 'ok' | 'aborted' | 'refused' | 'failed';
};

/** Both labels of an outcome that is `ok`, `aborted` or an error code. */
export function outcomeLabels(outcome: 'ok' | 'aborted' | ErrorCode): OutcomeLabels {
  if (outcome === 'ok' || outcome === 'aborted') return { outcome, result: outcome };
  return { outcome, result: errorRegistry[outcome].http >= 500 ? 'failed' : 'refused' };
}

/**
 * The codes that are failures of this system, not of its callers. Counters begin at zero for them: a series that appears
 * with its first failure hides that failure from `increase()`.
 */
export const failureCodes: readonly ErrorCode[] = Object.entries<ErrorDefinition>(errorRegistry)
  .filter(([, { http }]) => http >= 500)
  .map(([code]) => code as ErrorCode);
