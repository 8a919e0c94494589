import { retryDelayMs } from './retry-delay.js';

describe(retryDelayMs.name, () => {
  it('doubles up to an hour, and varies by half', () => {
    expect([1, 2, 3].map(attempts => retryDelayMs(attempts, 5000, 0.5))).toEqual([5000, 10_000, 20_000]);
    expect(retryDelayMs(1, 5000, 0)).toBe(2500);
    expect(retryDelayMs(1, 5000, 1)).toBe(7500);
    expect(retryDelayMs(40, 5000, 0.5)).toBe(3_600_000);
    expect(retryDelayMs(5000, 5000, 0.5)).toBe(3_600_000);
  });
});
