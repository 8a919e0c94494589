import { follow } from './follow.js';

const screen = { from: 10, duration: 60 };

describe('a screen that follows the sound', () => {
  it('has nothing to show before it begins and after it ends', () => {
    expect([follow(screen, 9.9, 0, 1), follow(screen, 70.1, 60, 1)]).toEqual([{ kind: 'away' }, { kind: 'away' }]);
  });

  it('runs as fast as the sound where both are in step', () => {
    expect(follow(screen, 30, 20.01, 1.5)).toEqual({ kind: 'play', rate: 1.5 });
  });

  it('catches up, or lets the sound catch up, without a jump', () => {
    expect(follow(screen, 30, 19.95, 1)).toEqual({ kind: 'play', rate: expect.closeTo(1.15) as number });
    expect(follow(screen, 30, 20.05, 2)).toEqual({ kind: 'play', rate: expect.closeTo(1.7) as number });
  });

  it('jumps where it is far off, farther at higher speeds', () => {
    expect(follow(screen, 30, 15, 1)).toEqual({ kind: 'jump', to: 20 });
    expect(follow(screen, 30, 19.2, 4).kind).toBe('play');
  });

  /** A screen that starts late is in step soon, at each speed, and stays there. */
  it.each([0.5, 1, 2, 4])('is within 20 ms of the sound after two seconds at speed %d', speed => {
    let [place, position] = [30, 19.76];
    for (let step = 0; step < 120; step++) {
      const next = follow(screen, place, position, speed);
      if (next.kind === 'jump') position = next.to;
      place += speed / 60;
      position += (next.kind === 'play' ? next.rate : speed) / 60;
    }
    expect(Math.abs(place - 10 - position)).toBeLessThan(0.03);
  });
});
