import { RcsError } from '#platform';
import { SourceBreaker } from './source-breaker.js';

const unavailable = (): RcsError => new RcsError('RCS_RECORDING_SOURCE_UNAVAILABLE', 'away');
const refused = (): RcsError => new RcsError('RCS_RECORDING_SOURCE_REFUSED', 'a lie');

describe(SourceBreaker.name, () => {
  let now = 0;
  let calls = 0;
  let breaker: SourceBreaker;
  beforeEach(() => {
    now = 1000;
    calls = 0;
    breaker = new SourceBreaker('RWS', () => now);
  });

  const run = (outcome: () => Promise<string>): Promise<string> =>
    breaker
      .run(() => {
        calls++;
        return outcome();
      })
      .catch((error: unknown) => (error as RcsError).code);
  const fails = () => Promise.reject<string>(unavailable());
  const lies = () => Promise.reject<string>(refused());
  const answers = () => Promise.resolve('answer');
  const times = async (count: number, outcome: () => Promise<string>): Promise<void> => {
    for (let index = 0; index < count; index++) await run(outcome);
  };

  it('leaves a source alone after three failures in a row, and says for how long', async () => {
    await times(10, fails);
    expect(calls).toBe(3);
    now += 1500;
    await expect(breaker.run(answers)).rejects.toMatchObject({
      code: 'RCS_RECORDING_SOURCE_UNAVAILABLE',
      retryAfterMs: 3500,
    });
  });

  it('lets one try after the rest, and the others once that has succeeded', async () => {
    await times(3, fails);
    now += 5000;
    let answer: (text: string) => void = () => undefined;
    const trial = run(() => new Promise<string>(resolve => (answer = resolve)));
    expect(await run(answers)).toBe('RCS_RECORDING_SOURCE_UNAVAILABLE');
    answer('it is back');
    expect(await trial).toBe('it is back');
    expect(await run(answers)).toBe('answer');
  });

  it('rests again when the trial fails', async () => {
    await times(3, fails);
    now += 5000;
    expect(await run(fails)).toBe('RCS_RECORDING_SOURCE_UNAVAILABLE');
    await times(5, answers);
    expect(calls).toBe(4);
    now += 5000;
    expect(await run(answers)).toBe('answer');
  });

  it('counts failures in a row alone, and no lies and no overload of ours', async () => {
    await times(2, fails);
    await run(answers);
    await times(2, fails);
    await times(9, lies);
    await times(2, fails);
    await times(9, () => Promise.reject<string>(new RcsError('RCS_OVERLOADED')));
    expect(await run(answers)).toBe('answer');
  });

  it('rests at once where the account is refused', async () => {
    await run(() => {
      breaker.open();
      return fails();
    });
    await times(5, answers);
    expect(calls).toBe(1);
  });
});
