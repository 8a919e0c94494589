import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { beginStep, inStep, stepChannel, type Step } from './steps.js';

describe('steps', () => {
  const steps: Step[] = [];
  const hear = (message: unknown): unknown => steps.push(message as Step);
  afterEach(() => {
    unsubscribe(stepChannel, hear);
    steps.length = 0;
  });

  test('tell a listener whose they are and how long they took, failed ones too', async () => {
    subscribe(stepChannel, hear);
    await expect(inStep('a request', 'recording', () => Promise.reject(new Error('no store')))).rejects.toThrow(
      'no store',
    );
    expect(await inStep('a request', 'audit', () => Promise.resolve(7))).toBe(7);
    expect(steps.map(({ requestId, name }) => [requestId, name])).toEqual([
      ['a request', 'recording'],
      ['a request', 'audit'],
    ]);
    for (const { begunAt, endedAt } of steps) expect(endedAt).toBeGreaterThanOrEqual(begunAt);
  });

  test('make nothing while nobody listens', () => {
    expect(beginStep('one', 'grant')).toBe(beginStep('another', 'audit'));
    beginStep('one', 'grant')();
    expect(steps).toEqual([]);
  });
});
