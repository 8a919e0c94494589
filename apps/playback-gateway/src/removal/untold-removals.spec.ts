import type { WorkerRegistration } from '#contracts';
import { createLogger } from '#platform';
import type { LedgerEntry } from '#store';
import { ForgottenKeys } from '../workers/forgotten-keys.js';
import { UntoldRemovals } from './untold-removals.js';

const registration = (instance: string): WorkerRegistration => ({
  instance,
  url: 'https://worker.test:7443',
  inFlight: 0,
  version: '1',
});

const entries = (count: number): LedgerEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    recordingId: `recording-${index + 1}`,
    contactCenter: 'cc-1',
    kind: 'erased',
    time: '2026-01-01T00:00:00Z',
  }));

describe(UntoldRemovals.name, () => {
  let read: LedgerEntry[];
  let asked: number;
  let answer: () => Promise<number>;
  let warnings: object[];
  let untold: UntoldRemovals;

  beforeEach(() => {
    jest.useFakeTimers();
    read = [];
    asked = 0;
    warnings = [];
    answer = () => Promise.resolve(1);
    const client = {
      forget: (): Promise<number> => {
        asked++;
        return answer();
      },
    };
    const forgotten = new ForgottenKeys(
      { all: [registration('one')] },
      client,
      createLogger('gateway', 'test', 'silent'),
    );
    const warn = (details: object): void => void warnings.push(details);
    untold = new UntoldRemovals({ takeUntold: most => read.splice(0, most) }, forgotten, { warn } as never);
  });
  afterEach(() => jest.useRealTimers());

  const fail = (): Promise<number> => Promise.reject(new Error('it stands still'));

  it('tells of many together, so that a worker that stands still takes its time once', async () => {
    read = entries(60);
    let release = (): void => undefined;
    const silence = new Promise<number>(resolve => (release = () => resolve(1)));
    answer = () => silence;
    const round = untold.tellSome();
    await jest.advanceTimersByTimeAsync(0);
    expect(asked).toBe(50);
    release();
    expect(await round).toBe(0);
    expect(await untold.tellSome()).toBeGreaterThan(0);
    expect(asked).toBe(60);
  });

  it('tells again of what was not heard, after a while and behind what is new, and says so once', async () => {
    read = entries(2);
    answer = fail;
    await untold.tellSome();
    await untold.tellSome();
    expect(asked).toBe(2);
    jest.advanceTimersByTime(10_000);
    await untold.tellSome();
    expect(asked).toBe(4);
    expect(warnings).toEqual([{ removals: 2 }]);
    answer = () => Promise.resolve(1);
    jest.advanceTimersByTime(10_000);
    read = entries(50).map(entry => ({ ...entry, recordingId: `new-${entry.recordingId}` }));
    await untold.tellSome();
    expect(asked).toBe(54);
    await untold.tellSome();
    expect(asked).toBe(56);
    jest.advanceTimersByTime(10_000);
    await untold.tellSome();
    expect(asked).toBe(56);
  });

  it('gives up where nobody has that recording open any more', async () => {
    read = entries(1);
    answer = fail;
    await untold.tellSome();
    jest.advanceTimersByTime(3_600_000);
    await untold.tellSome();
    jest.advanceTimersByTime(3_600_000);
    await untold.tellSome();
    expect(asked).toBe(2);
  });

  it('does so in rounds, until the process ends', async () => {
    untold.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(0);
    read = entries(1);
    await untold.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(0);
  });
});
