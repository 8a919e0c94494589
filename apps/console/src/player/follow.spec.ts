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
    expect(follow(screen, 30, 19.95, 1)).toEqual({ kind: 'play', rate: expect.closeTo(1.3) as number });
    expect(follow(screen, 30, 20.05, 2)).toEqual({ kind: 'play', rate: expect.closeTo(1.7) as number });
  });

  it('jumps where it is far off, farther at higher speeds', () => {
    expect(follow(screen, 30, 15, 1)).toEqual({ kind: 'jump', to: 20 });
    expect(follow(screen, 30, 19.2, 4).kind).toBe('play');
  });

  /** Catching up takes as long at half the speed as at four times. */
  it.each([0.5, 0.75, 1, 2, 4].flatMap(speed => [-0.24, 0.24].map(apart => [speed, apart] as const)))(
    'is within 50 ms of the sound after 0.7 seconds at speed %d from %d seconds',
    (speed, apart) => {
      let [place, position] = [30, 20 + apart];
      for (let step = 0; step < 42; step++) {
        const next = follow(screen, place, position, speed);
        expect(next.kind).toBe('play');
        place += speed / 60;
        position += (next.kind === 'play' ? next.rate : speed) / 60;
      }
      expect(Math.abs(place - 10 - position)).toBeLessThan(0.05);
    },
  );
});
