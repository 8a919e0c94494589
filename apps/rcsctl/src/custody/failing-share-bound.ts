const confidence = 0.95;
const precision = 1e-9;

/**
 * How large the share of a whole may be, with 95 % confidence, of which so many of a random sample failed: the upper bound of
 * Clopper and Pearson (Biometrika 26, 1934), one-sided.
 * @param sampled at least one
 * @param failed of those, 0 to `sampled`
 * @returns 0 to 1
 */
export function failingShareBound(sampled: number, failed: number): number {
  if (failed >= sampled) return 1;
  let [low, high] = [failed / sampled, 1];
  while (high - low > precision) {
    const middle = (low + high) / 2;
    if (atMost(failed, sampled, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** How probable it is that at most `most` of `count` happen, each with probability `share`; summed as logarithms. */
function atMost(most: number, count: number, share: number): number {
  let logarithm = count * Math.log1p(-share);
  let sum = Math.exp(logarithm);
  for (let happened = 1; happened <= most; happened++) {
    logarithm += Math.log((count - happened + 1) / happened) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(logarithm);
  }
  return sum;
}
