/**
 * How many of a thing a test tries: a few in `npm test`, more in `npm test -- all` and everywhere else. The code is the same
 * in all tiers.
 */
export function countInTier(plain: number, all: number): number {
  return process.env.TEST_TIER === 'plain' ? plain : all;
}
