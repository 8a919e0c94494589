import { afterLoop, nextLoop } from './loop.js';

describe('a loop', () => {
  it('is set by its two ends, in whichever order, and forgotten', () => {
    const begun = nextLoop(undefined, 10);
    expect(begun).toEqual({ from: 10, to: undefined });
    expect(nextLoop(begun, 15)).toEqual({ from: 10, to: 15 });
    expect(nextLoop(begun, 4)).toEqual({ from: 4, to: 10 });
    expect(nextLoop({ from: 4, to: 10 }, 7)).toBeUndefined();
  });

  it('is never too short to be heard', () => {
    expect(nextLoop({ from: 10, to: undefined }, 10)).toEqual({ from: 10, to: 10.2 });
  });

  it('leads back from its end, and lets go whoever went beyond it', () => {
    const loop = { from: 4, to: 10 };
    expect([afterLoop(loop, 9.9, 9.8), afterLoop(loop, 10.01, 9.99), afterLoop(loop, 20, 19.9)]).toEqual([
      ...[undefined, 4, undefined],
    ]);
    expect(afterLoop({ from: 4, to: undefined }, 20, 3)).toBeUndefined();
  });
});
