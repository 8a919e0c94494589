import { SlowPace } from './slow-pace.js';

const KiB = 1024;

/** One that has stalled for the first time, after 3 MB. */
function slow(): SlowPace {
  const pace = new SlowPace();
  pace.wrote(3_000_000);
  pace.waits();
  return pace;
}

describe(SlowPace.name, () => {
  it('holds nobody back who has not stalled', () => {
    const pace = new SlowPace();
    pace.wrote(3_000_000);
    pace.tookAtOnce();
    expect([pace.window, pace.isSlow]).toEqual([Infinity, false]);
  });

  it('asks for little after the first stall: the buffer of the system was empty before', () => {
    const pace = slow();
    expect([pace.window, pace.isSlow]).toEqual([256 * KiB, true]);
  });

  it.each([
    [180 * KiB, 244 * KiB],
    [0, 64 * KiB],
    [5000 * KiB, 1024 * KiB],
  ])('asks for a little more than was taken between two stalls: %i, %i', (took, window) => {
    const pace = slow();
    pace.wrote(took / 2);
    pace.wrote(took / 2);
    pace.waits();
    expect(pace.window).toBe(window);
  });

  it('asks for a little more when all was taken at once, and counts it', () => {
    const pace = slow();
    pace.wrote(256 * KiB);
    pace.tookAtOnce();
    expect(pace.window).toBe(64 * KiB);
    pace.wrote(16 * KiB);
    pace.waits();
    expect(pace.window).toBe(336 * KiB);
  });

  it('lets a player that takes all at once again have what others have, after windows that double', () => {
    const pace = slow();
    const windows: number[] = [];
    while (pace.isSlow) {
      windows.push(pace.window / KiB);
      pace.wrote(pace.window);
      pace.tookAtOnce();
    }
    expect(windows).toEqual([256, 64, 128, 256, 512, 1024]);
    expect(pace.window).toBe(Infinity);
  });
});
