import { giveBackWhenQuiet } from './give-back-when-quiet.js';

const lookEveryMs = 5000;
const busy = 0.5;

describe(giveBackWhenQuiet.name, () => {
  let share: number;
  let done: string[];
  let told: string[];
  let fails: boolean;
  const start = () =>
    giveBackWhenQuiet((_, message) => told.push(message), {
      collect: () => done.push('collect'),
      giveBack: () => {
        if (fails) throw new Error('not here');
        done.push('give back');
        return { heaps: true, programKiB: 1 };
      },
      busyShare: () => share,
    });
  const looks = (count: number, busyShare: number): void => {
    share = busyShare;
    jest.advanceTimersByTime(count * lookEveryMs);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    done = [];
    told = [];
    fails = false;
  });
  afterEach(() => jest.useRealTimers());

  it('collects in the first quiet moment, and gives back when the process has been quiet for a while, and once more', () => {
    start();
    looks(10, busy);
    expect(done).toEqual([]);
    looks(1, 0.01);
    expect(done).toEqual(['collect']);
    looks(1, 0);
    expect(done).toEqual(['collect']);
    looks(1, 0.01);
    expect(done).toEqual(['collect', 'give back']);
    looks(5, 0.01);
    expect(done).toEqual(['collect', 'give back']);
    looks(1, 0.01);
    expect(done).toEqual(['collect', 'give back', 'give back']);
    looks(1000, 0.01);
    expect(done).toEqual(['collect', 'give back', 'give back']);
    expect(told).toEqual(['memory was given back', 'memory was given back']);
  });

  it('gives back again when a busy process has been quiet for a while', () => {
    start();
    looks(4, 0);
    done = [];
    looks(1, busy);
    looks(2, 0);
    looks(1, busy);
    looks(2, 0);
    expect(done).toEqual([]);
    looks(1, 0);
    expect(done).toEqual(['give back']);
    looks(1000, 0);
    expect(done).toEqual(['give back', 'give back']);
  });

  it('leaves a process alone that is never quiet for long', () => {
    start();
    for (let round = 0; round < 100; round++) {
      looks(2, 0);
      looks(1, busy);
    }
    expect(done).toEqual(['collect']);
  });

  it('tells once where nothing can be given back, and does not try again', () => {
    fails = true;
    start();
    for (let round = 0; round < 3; round++) {
      looks(4, 0);
      looks(1, busy);
    }
    expect(done).toEqual(['collect']);
    expect(told).toEqual(['memory cannot be given back']);
  });

  it('does nothing after its end', () => {
    const end = start();
    end();
    looks(100, 0);
    expect(done).toEqual([]);
  });
});
