import { collectAfterStart, collectEverything } from './collect-after-start.js';

const lookEveryMs = 5000;

describe(collectAfterStart.name, () => {
  let shares: number[];
  let collections: number;
  const start = () => collectAfterStart({ collect: () => collections++, busyShare: () => shares.shift() ?? 1 });

  beforeEach(() => {
    jest.useFakeTimers();
    collections = 0;
  });
  afterEach(() => jest.useRealTimers());

  it('waits for a quiet moment, and collects once', () => {
    shares = [0.9, 0.2, 0.01, 0, 0];
    start();
    jest.advanceTimersByTime(2 * lookEveryMs);
    expect(collections).toBe(0);
    jest.advanceTimersByTime(lookEveryMs);
    expect(collections).toBe(1);
    jest.advanceTimersByTime(10 * lookEveryMs);
    expect(collections).toBe(1);
  });

  it('never collects in a thread that is busy', () => {
    shares = [];
    start();
    jest.advanceTimersByTime(100 * lookEveryMs);
    expect(collections).toBe(0);
  });

  it('does nothing after its end', () => {
    shares = [0];
    const end = start();
    end();
    jest.advanceTimersByTime(10 * lookEveryMs);
    expect(collections).toBe(0);
  });
});

describe(collectEverything.name, () => {
  it('frees what nobody holds', async () => {
    const held = new WeakRef(new Uint8Array(8));
    // A reference that was made or read lives to the end of its turn.
    await new Promise(resolve => setImmediate(resolve));
    collectEverything();
    expect(held.deref()).toBeUndefined();
  });
});
