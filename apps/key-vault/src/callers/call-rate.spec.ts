import { CallRate } from './call-rate.js';

describe(CallRate.name, () => {
  const refusal = (work: () => void): unknown => {
    try {
      work();
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it('allows bursts of twice the rate, then the rate', () => {
    const rate = new CallRate(10);
    for (let use = 0; use < 20; use++) rate.spend('a', 1, 0);
    expect(refusal(() => rate.spend('a', 1, 0))).toMatchObject({ code: 'RCS_TOO_MANY_REQUESTS', retryAfterMs: 100 });
    rate.spend('a', 1, 100);
    expect(refusal(() => rate.spend('a', 1, 100))).toMatchObject({ code: 'RCS_TOO_MANY_REQUESTS' });
    rate.spend('a', 5, 600);
  });

  it('counts every caller for itself', () => {
    const rate = new CallRate(1);
    rate.spend('a', 2, 0);
    expect(refusal(() => rate.spend('a', 1, 0))).toBeDefined();
    rate.spend('b', 2, 0);
  });

  it('saves up no more than a burst', () => {
    const rate = new CallRate(1);
    rate.spend('a', 2, 0);
    rate.spend('a', 2, 1_000_000);
    expect(refusal(() => rate.spend('a', 1, 1_000_000))).toBeDefined();
  });

  it('lets a batch that is larger than the bucket pass when the bucket is full', () => {
    const rate = new CallRate(1);
    rate.spend('a', 100, 0);
    expect(refusal(() => rate.spend('a', 100, 1000))).toMatchObject({ retryAfterMs: 1000 });
    rate.spend('a', 100, 2000);
  });
});
