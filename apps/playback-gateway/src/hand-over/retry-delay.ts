const longestDelayMs = 3_600_000;

/**
 * How long to wait after a failed attempt: doubled with each, up to an hour, and half more or less, so that what failed
 * together does not come back together.
 * @param attempts that failed, 1 or more
 * @param random from 0 to 1
 */
export function retryDelayMs(attempts: number, firstDelayMs: number, random: number): number {
  const delayMs = Math.min(firstDelayMs * 2 ** Math.min(attempts - 1, 30), longestDelayMs);
  return Math.round(delayMs * (0.5 + random));
}
