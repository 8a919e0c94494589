import { partRangeOf } from './part-range.js';

describe(partRangeOf.name, () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 10 }],
    ['bytes=90-', { start: 90, end: 100 }],
    ['bytes=90-500', { start: 90, end: 100 }],
    ['bytes=-10', { start: 90, end: 100 }],
    ['bytes=-500', { start: 0, end: 100 }],
    ['BYTES = 5-5', { start: 5, end: 6 }],
  ])('takes %s', (field, range) => {
    expect(partRangeOf(field, 100)).toEqual(range);
  });

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0'])('finds nothing at %s', field => {
    expect(partRangeOf(field, 100)).toBe('unsatisfiable');
  });

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=9-5', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b'])(
    'passes %s by',
    field => {
      expect(partRangeOf(field, 100)).toBeUndefined();
    },
  );
});
