import { setTimeout as delay } from 'node:timers/promises';
import { severalAtOnce } from './several-at-once.js';

async function* numbers(count: number, asked: number[] = []): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) {
    asked.push(number);
    yield await Promise.resolve(number);
  }
}

describe(severalAtOnce.name, () => {
  it('does so many at once and no more, and answers in order', async () => {
    let [active, most] = [0, 0];
    const results = await severalAtOnce(numbers(20), 3, async number => {
      most = Math.max(most, ++active);
      await delay(number % 3 === 0 ? 15 : 2);
      active--;
      return number * 2;
    });
    expect([results, most]).toEqual([Array.from({ length: 20 }, (_, number) => number * 2), 3]);
  });

  it('asks for nothing more after a failure, and waits for what was begun', async () => {
    const asked: number[] = [];
    const done: number[] = [];
    const work = async (number: number): Promise<void> => {
      await delay(number === 1 ? 1 : 20);
      if (number === 1) throw new Error('no worker');
      done.push(number);
    };
    await expect(severalAtOnce(numbers(100, asked), 3, work)).rejects.toThrow('no worker');
    expect([asked, done]).toEqual([
      [0, 1, 2],
      [0, 2],
    ]);
  });

  it('fails as what comes fails', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('no store');
    }
    await expect(severalAtOnce(broken(), 2, number => Promise.resolve(number))).rejects.toThrow('no store');
  });
});
