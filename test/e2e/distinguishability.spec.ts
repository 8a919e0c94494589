import { distinguishability, shuffled } from './distinguishability.js';

const numbers = (count: number, from: number): number[] => Array.from({ length: count }, (_, index) => from + index);

describe(distinguishability.name, () => {
  it.each<readonly [string, number[], number[], number]>([
    ['the same times', numbers(100, 0), numbers(100, 0), 0.5],
    ['one and the same time', [5, 5, 5], [5, 5], 0.5],
    ['longer times', numbers(100, 0), numbers(100, 200), 1],
    ['shorter times', numbers(100, 200), numbers(100, 0), 0],
    ['times that are longer by half their spread', numbers(100, 0), numbers(100, 50), 0.875],
    ['times one half of which is longer', numbers(100, 0), [...numbers(50, 25), ...numbers(50, 300)], 0.75],
    ['a few times that are very much longer', numbers(100, 0), [...numbers(98, 1), 1e9, 1e9], 0.51],
  ])('of %s', (_, first, second, expected) => {
    expect(distinguishability(shuffled(first), shuffled(second))).toBeCloseTo(expected, 2);
  });
});
