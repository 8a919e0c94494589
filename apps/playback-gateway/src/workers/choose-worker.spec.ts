import fc from 'fast-check';
import { chooseWorker, type WorkerLoad } from './choose-worker.js';

/** A generator with a fixed seed (xorshift32), so that a distribution is the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const workers = (...loads: readonly number[]): WorkerLoad[] =>
  loads.map((load, index) => ({ instance: `worker-${index}`, load }));

function choices(candidates: readonly WorkerLoad[], rounds: number): number[] {
  const random = seeded(20261121);
  const counts = candidates.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    const chosen = chooseWorker(candidates, random);
    counts[candidates.indexOf(chosen as WorkerLoad)]!++;
  }
  return counts;
}

describe(chooseWorker.name, () => {
  it('has nothing to choose from nobody', () => {
    expect(chooseWorker(workers(), Math.random)).toBeUndefined();
  });

  it('chooses the only one, however busy', () => {
    const only = workers(1000);
    expect(chooseWorker(only, Math.random)).toBe(only[0]);
  });

  it('always chooses the less busy one of two', () => {
    expect(choices(workers(5, 4), 200)).toEqual([0, 200]);
    expect(choices(workers(0, 9), 200)).toEqual([200, 0]);
  });

  it('never chooses the busiest one', () => {
    expect(choices(workers(1, 9, 1, 1), 1000)[1]).toBe(0);
  });

  it('spreads evenly over workers that are equally busy', () => {
    for (const count of choices(workers(2, 2, 2, 2), 8000)) {
      expect(count).toBeGreaterThan(1800);
      expect(count).toBeLessThan(2200);
    }
  });

  it('does not send everything to the least busy one, as all gateways would between two heartbeats', () => {
    const [least, ...others] = choices(workers(0, 1, 1, 1, 1), 5000);
    // The least busy of n wins whenever it is among the two: 2/n.
    expect(least! / 5000).toBeCloseTo(2 / 5, 1);
    for (const count of others) expect(count).toBeGreaterThan(500);
  });

  it('keeps queues short where every choice adds to the load', () => {
    const loads = Array.from({ length: 20 }, (_, index) => ({ instance: `worker-${index}`, load: 0 }));
    const random = seeded(7);
    for (let request = 0; request < 2000; request++) chooseWorker(loads, random)!.load++;
    const busiest = Math.max(...loads.map(({ load }) => load));
    expect(busiest).toBeLessThanOrEqual(100 + 4);
  });

  it('compares two different candidates, whatever the random numbers are', () => {
    const below1 = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 2, maxLength: 6 }), below1, below1, (loads, first, second) => {
        const numbers = [first, second];
        const candidates = workers(...loads);
        const chosen = chooseWorker(candidates, () => numbers.shift()!);
        const busier = candidates.filter(({ load }) => load >= chosen!.load);
        expect(candidates).toContain(chosen);
        expect(busier.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});
