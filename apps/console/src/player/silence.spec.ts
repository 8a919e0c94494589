import { endOfSilence, silencesOf } from './silence.js';

/** Ten pieces a second. */
const pieces = (...seconds: readonly (readonly [seconds: number, peak: number])[]): number[] =>
  seconds.flatMap(([length, peak]) => Array.from({ length: length * 10 }, () => peak));

describe('silence', () => {
  it('is where all channels are silent, for long enough, without its edges', () => {
    const caller = pieces([2, 0.5], [4, 0.001], [2, 0.5], [1, 0]);
    const agent = pieces([2, 0], [2, 0.4], [4, 0.01], [1, 0]);
    expect(silencesOf([caller, agent], 9)).toEqual([{ from: 4.25, to: 5.75 }]);
  });

  it('is not a short pause, and reaches to the end', () => {
    expect(silencesOf([pieces([1, 1], [1, 0], [1, 1], [3, 0])], 6, { margin: 0 })).toEqual([{ from: 3, to: 6 }]);
  });

  it('is nowhere in a sound that has nothing else, or that nobody knows', () => {
    expect(silencesOf([pieces([5, 0])], 5)).toEqual([]);
    expect(silencesOf([], 5)).toEqual([]);
  });

  it('ends where speech goes on', () => {
    const silences = [
      { from: 1, to: 2 },
      { from: 5, to: 9 },
    ];
    expect([0, 1, 1.9, 2, 6, 9, 20].map(place => endOfSilence(silences, place))).toEqual([
      ...[undefined, 2, 2, undefined, 9, undefined, undefined],
    ]);
  });
});
