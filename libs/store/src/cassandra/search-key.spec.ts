import fc from 'fast-check';
import { indexedRecording, withoutStart } from '../recording-search/indexed-recording.js';
import { exampleRecording } from '../testing/example-recording.js';
import { bucketOf, keysOf, keysOfPlan } from './search-key.js';

const day = 86_400_000;

describe('keys of the search index', () => {
  it('hold a recording under everything that a plan looks under', () => {
    const keys = keysOf(indexedRecording(exampleRecording));
    const plans = [
      { by: 'time' },
      { by: 'caller', number: '441234567890' },
      { by: 'dialed', number: '5001' },
      { by: 'owners', owners: ['agent:JohnSmith', 'partition:/sales', 'partition:/'] },
    ] as const;
    for (const plan of plans) expect(keys).toEqual(expect.arrayContaining([...keysOfPlan(plan)]));
  });

  it('never put a number and an owner under one key', () => {
    const odd = { ...exampleRecording, callerPhoneNumber: 'time', dialedPhoneNumber: 'caller' };
    const keys = keysOf(indexedRecording(odd));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['time', 1],
    ['partition:/sales', 1],
    ['partition:/', 1],
    ['caller:1', 7],
    ['agent:john', 30],
  ])('have of %s %i days in a bucket, in the order of the times', (key, days) => {
    expect(bucketOf(key, days * day) - bucketOf(key, days * day - 1)).toBe(1);
    expect(bucketOf(key, 2 * days * day - 1)).toBe(bucketOf(key, days * day));
    const times = fc.tuple(fc.integer({ min: -day, max: 9e15 }), fc.integer({ min: 0, max: 1e12 }));
    fc.assert(fc.property(times, ([time, more]) => bucketOf(key, time) <= bucketOf(key, time + more)));
  });

  it.each(['time', 'caller:1', 'agent:john'])('have every time of %s in a number of 32 bits', key => {
    for (const time of [withoutStart - 1, withoutStart, -withoutStart + 1]) {
      expect(Math.abs(bucketOf(key, time))).toBeLessThan(2 ** 31);
    }
  });
});
