import { isSampled } from './custody-sample.js';

const ids = Array.from({ length: 4000 }, (_, number) => `recording-${number}`);
const sampled = (share: number, seed = 'seed'): string[] => ids.filter(id => isSampled(id, { share, seed }));

describe(isSampled.name, () => {
  it('takes all without a sample, all with a share of one, and none with a share of nothing', () => {
    expect(ids.every(id => isSampled(id, undefined))).toBe(true);
    expect(sampled(1)).toEqual(ids);
    expect(sampled(0)).toEqual([]);
  });

  it('takes about the share, the same ones again, and others for another seed', () => {
    const tenth = sampled(0.1);
    expect(tenth.length).toBeGreaterThan(300);
    expect(tenth.length).toBeLessThan(500);
    expect(sampled(0.1)).toEqual(tenth);
    expect(sampled(0.1, 'another')).not.toEqual(tenth);
    expect(sampled(0.2)).toEqual(expect.arrayContaining(tenth));
  });
});
