import { EventEmitter, once } from 'node:events';
import { BackgroundRounds, type BackgroundRoundsOptions } from './background-rounds.js';

describe(BackgroundRounds.name, () => {
  const logged: unknown[][] = [];
  const options: BackgroundRoundsOptions = {
    failed: 'it cannot be done now',
    retryMs: 0,
    logger: { warn: (...entry: unknown[]) => void logged.push(entry) },
  };
  beforeEach(() => logged.splice(0));

  it('does one round after the other until it ends, and waits for the last one', async () => {
    let running = 0;
    let most = 0;
    let rounds = 0;
    const events = new EventEmitter();
    const enough = once(events, 'enough');
    const background = new BackgroundRounds(async () => {
      most = Math.max(most, ++running);
      await new Promise(resolve => setImmediate(resolve));
      running--;
      if (++rounds === 5) events.emit('enough');
      return 0;
    }, options);
    expect(rounds).toBe(0);
    background.begin();
    await enough;
    await background.end();
    const atTheEnd = rounds;
    await new Promise(resolve => setImmediate(resolve));
    expect([most, running, rounds]).toEqual([1, 0, atTheEnd]);
  });

  it('goes on after a round that failed, and says so', async () => {
    let rounds = 0;
    const events = new EventEmitter();
    const enough = once(events, 'enough');
    const background = new BackgroundRounds(() => {
      if (++rounds === 3) events.emit('enough');
      return rounds === 1 ? Promise.reject(new Error('the store is away')) : Promise.resolve(0);
    }, options);
    background.begin();
    await enough;
    await background.end();
    expect(logged).toEqual([
      [{ error: expect.stringContaining('the store is away') as string }, 'it cannot be done now'],
    ]);
  });

  it('ends in the middle of a pause, and of a round that hears its signal, without a word', async () => {
    const paused = new BackgroundRounds(() => Promise.resolve(3_600_000), options);
    const events = new EventEmitter();
    const began = once(events, 'began');
    const working = new BackgroundRounds(async signal => {
      events.emit('began');
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      return 0;
    }, options);
    paused.begin();
    working.begin();
    await began;
    await Promise.all([paused.end(), working.end()]);
    expect(logged).toEqual([]);
  });

  it('ends where it never began', async () => {
    await new BackgroundRounds(() => Promise.resolve(0), options).end();
  });
});
