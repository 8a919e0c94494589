import { reachedThreshold } from './expiry-warning.js';

describe(reachedThreshold.name, () => {
  it.each([
    [91, undefined],
    [90, 90],
    [31, 90],
    [30, 30],
    [8, 30],
    [7, 7],
    [0, 7],
    [-1, 7],
  ])('%s days before the end it is %s', (daysLeft, threshold) => {
    expect(reachedThreshold(daysLeft, [30, 90, 7])).toBe(threshold);
  });

  it('is none without thresholds', () => {
    expect(reachedThreshold(1, [])).toBeUndefined();
  });
});
