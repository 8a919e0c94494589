/**
 * How many of a thing a test tries: a few in `npm test`, more in `npm test -- all` and everywhere else, and where that is
 * said, even more in `npm test -- long`. The code is the same in all tiers.
 */
export function countInTier(plain: number, all: number, long = all): number {
  const { TEST_TIER: tier } = process.env;
  return tier === 'plain' ? plain : tier === 'long' ? long : all;
}
