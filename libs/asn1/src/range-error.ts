/**
 * Whether a reader met octets that are not what they should be. By name: range errors that Node itself throws are of
 * another realm where programs run in a context of their own.
 */
export const isRangeError = (error: unknown): error is RangeError =>
  (error as Error | null | undefined)?.name === 'RangeError';
