import type { WorkerRegistration } from '#contracts';
import { createLogger } from '#platform';
import { ForgottenKeys } from './forgotten-keys.js';

const registration = (instance: string): WorkerRegistration => ({
  instance,
  url: 'https://worker.test:7443',
  inFlight: 0,
  version: '1',
});

describe(ForgottenKeys.name, () => {
  const recording = { contactCenter: 'cc-1', recording: 'erased', erased: true };
  let asked: string[];
  let away: Set<string>;
  let workers: { all: readonly WorkerRegistration[] };
  let forgotten: ForgottenKeys;

  beforeEach(() => {
    asked = [];
    away = new Set();
    const client = {
      forget({ instance }: WorkerRegistration): Promise<number> {
        asked.push(instance);
        return away.has(instance) ? Promise.reject(new Error('it stands still')) : Promise.resolve(1);
      },
    };
    workers = { all: [registration('one'), registration('other')] };
    forgotten = new ForgottenKeys(workers, client, createLogger('gateway', 'test', 'silent'));
  });

  it('tells workers of a recording that somebody else has removed', async () => {
    await forgotten.announceAgain(recording, 'request');
    expect(asked).toEqual(['one', 'other']);
  });

  it('tells them once where all have answered, and again where one has not', async () => {
    await forgotten.announce(recording, 'request');
    await forgotten.announceAgain(recording, 'request');
    expect(asked).toEqual(['one', 'other']);
    away.add('other');
    await forgotten.announce({ ...recording, recording: 'another' }, 'request');
    away.clear();
    await forgotten.announceAgain({ ...recording, recording: 'another' }, 'request');
    expect(asked.slice(2)).toEqual(['one', 'other', 'one', 'other']);
  });

  it('tells those that are known later of what there was nobody for to hear', async () => {
    const { all } = workers;
    workers.all = [];
    await forgotten.announce(recording, 'request');
    expect(await forgotten.announceAgain(recording, 'request')).toBe(false);
    workers.all = all;
    expect(await forgotten.announceAgain(recording, 'request')).toBe(true);
    expect(asked).toEqual(['one', 'other']);
  });
});
