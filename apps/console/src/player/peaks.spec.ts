import { bucketsFor, joinedPeaks } from './peaks.js';

describe('wave forms of sounds in a row', () => {
  it('take as much room as they take time', () => {
    const parts = [
      { duration: 30, channels: [[0.1, 0.2, 0.3]] },
      { duration: 10, channels: [[0.9]] },
    ];
    expect(joinedPeaks(parts, 4)).toEqual([[0.1, 0.2, 0.3, 0.9]]);
  });

  it('have a line for each channel, and silence where nothing is known', () => {
    const parts = [
      { duration: 10, channels: [[0.5], [0.6]] },
      { duration: 10, channels: [] },
      { duration: 10, channels: [[0.7]] },
    ];
    expect(joinedPeaks(parts, 3)).toEqual([
      [0.5, 0, 0.7],
      [0.6, 0, 0.7],
    ]);
  });

  it('are nothing for a sound of no known length', () => {
    expect(joinedPeaks([{ duration: 0, channels: [[1]] }], 10)).toEqual([[]]);
  });

  it('cost no more for three hours than for one', () => {
    expect([10, 600, 3600, 10_800].map(bucketsFor)).toEqual([1000, 4800, 8000, 8000]);
  });
});
