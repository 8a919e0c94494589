import { failingShareBound } from './failing-share-bound.js';

describe(failingShareBound.name, () => {
  it.each([
    // Of tables of the binomial distribution; without failures it is 1 - 0.05^(1/n), about 3/n.
    [1, 0, 0.95],
    [10, 0, 0.25887],
    [300, 0, 0.00994],
    [10, 1, 0.39416],
    [100, 5, 0.10225],
    [1000, 10, 0.01689],
    [7, 7, 1],
  ])('of %d with %d failures is at most %d', (sampled, failed, bound) => {
    expect(failingShareBound(sampled, failed)).toBeCloseTo(bound, 4);
  });

  it('grows with the failures and shrinks with the sample', () => {
    const grows = [0, 1, 2, 10, 40].map(failed => failingShareBound(50, failed));
    expect([...grows].sort((one, other) => one - other)).toEqual(grows);
    const shrinks = [10, 100, 1000, 100_000].map(sampled => failingShareBound(sampled, 0));
    expect([...shrinks].sort((one, other) => other - one)).toEqual(shrinks);
  });
});
