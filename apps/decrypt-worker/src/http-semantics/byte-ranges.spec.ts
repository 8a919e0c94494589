import fc from 'fast-check';
import { contentRange, evaluateRange } from './byte-ranges.js';

const ranges = (...pairs: readonly [number, number][]) => ({
  kind: 'ranges',
  ranges: pairs.map(([start, end]) => ({ start, end })),
});
const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };

describe(evaluateRange.name, () => {
  it.each([
    ['bytes=0-0', ranges([0, 1])],
    ['bytes=0-99', ranges([0, 100])],
    ['bytes=0-100', ranges([0, 100])],
    ['bytes=99-', ranges([99, 100])],
    ['bytes=0-', ranges([0, 100])],
    ['bytes=-1', ranges([99, 100])],
    ['bytes=-100', ranges([0, 100])],
    ['bytes=-101', ranges([0, 100])],
    ['BYTES=5-9', ranges([5, 10])],
    ['bytes=0005-0009', ranges([5, 10])],
  ])('takes %s of 100 bytes', (header, expected) => {
    expect(evaluateRange(header, 100)).toEqual(expected);
  });

  it.each([
    ['bytes=0-0,-1', ranges([0, 1], [99, 100])],
    ['bytes=0-9, 20-29 ,\t90-', ranges([0, 10], [20, 30], [90, 100])],
    ['bytes=0-9,,10-19,', ranges([0, 10], [10, 20])],
    ['bytes=0-9,100-200', ranges([0, 10])],
    ['bytes=100-,5-6', ranges([5, 7])],
  ])('takes the satisfiable ones of the set %s', (header, expected) => {
    expect(evaluateRange(header, 100)).toEqual(expected);
  });

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=100-,200-300', 'bytes=100-,-0'])(
    'finds %s of 100 bytes unsatisfiable',
    header => {
      expect(evaluateRange(header, 100)).toEqual(unsatisfiable);
    },
  );

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=1',
    'bytes=a-b',
    'bytes=0x0-0x9',
    'bytes=+1-2',
    'bytes=1.0-2',
    'bytes=1 -2',
    'bytes=--5',
    'bytes=5-4',
    'bytes=0-1,5-4',
    'bytes=0-1;5-6',
    'bytes=0-1,none',
    'byte=0-1',
    'items=0-1',
    'xbytes=0-1',
    '0-1',
    'bytes=٠-٩',
  ])('ignores %p, as a header with another unit or an invalid syntax', header => {
    expect(evaluateRange(header, 100)).toEqual(whole);
  });

  it.each(['bytes=10-19,0-9', 'bytes=0-9,5-14', 'bytes=0-,0-', 'bytes=0-0,0-0', 'bytes=-5,-3'])(
    'ignores the overlapping or descending set %s',
    header => {
      expect(evaluateRange(header, 100)).toEqual(whole);
    },
  );

  it('ignores more ranges than any player asks for', () => {
    const set = (count: number) => `bytes=${Array.from({ length: count }, (_, index) => `${index}-${index}`).join()}`;
    expect(evaluateRange(set(16), 100)).toMatchObject({ kind: 'ranges' });
    expect(evaluateRange(set(17), 100)).toEqual(whole);
  });

  describe('of zero-length media', () => {
    it.each(['bytes=0-', 'bytes=0-0', 'bytes=5-9', 'bytes=-0'])('finds %s unsatisfiable', header => {
      expect(evaluateRange(header, 0)).toEqual(unsatisfiable);
    });

    it.each(['bytes=-1', 'bytes=-500'])(
      'gives all of it for %s: a suffix is satisfiable, but no Content-Range can say so',
      header => {
        expect(evaluateRange(header, 0)).toEqual(whole);
      },
    );
  });

  describe('with numbers beyond every integer', () => {
    const huge = '9'.repeat(400);

    it('cuts the end at the length', () => {
      expect(evaluateRange(`bytes=7-${huge}`, 100)).toEqual(ranges([7, 100]));
      expect(evaluateRange('bytes=7-18446744073709551615', 100)).toEqual(ranges([7, 100]));
      expect(evaluateRange('bytes=7-9007199254740991', 100)).toEqual(ranges([7, 100]));
    });

    it('finds a start behind the end unsatisfiable', () => {
      expect(evaluateRange(`bytes=${huge}-`, 100)).toEqual(unsatisfiable);
      expect(evaluateRange(`bytes=${huge}-${huge}`, 100)).toEqual(unsatisfiable);
    });

    it('takes an endless suffix as all bytes', () => {
      expect(evaluateRange(`bytes=-${huge}`, 100)).toEqual(ranges([0, 100]));
    });

    it('keeps every byte position of the largest file exact', () => {
      const length = Number.MAX_SAFE_INTEGER;
      expect(evaluateRange('bytes=9007199254740980-9007199254740985', length)).toEqual(
        ranges([9_007_199_254_740_980, 9_007_199_254_740_986]),
      );
    });
  });

  it('gives only ranges inside the media, ascending and apart, whatever is asked', () => {
    const part = fc.oneof(fc.nat(300).map(String), fc.constant(''), fc.constant('9'.repeat(30)));
    const spec = fc.tuple(part, part).map(([first, last]) => `${first}-${last}`);
    const header = fc.array(spec, { minLength: 1, maxLength: 20 }).map(specs => `bytes=${specs.join(',')}`);
    fc.assert(
      fc.property(fc.oneof(header, fc.string()), fc.nat(200), (value, length) => {
        const result = evaluateRange(value, length);
        if (result.kind !== 'ranges') return;
        expect(result.ranges.length).toBeGreaterThan(0);
        let end = 0;
        for (const range of result.ranges) {
          expect(range.start).toBeGreaterThanOrEqual(end);
          expect(range.end).toBeGreaterThan(range.start);
          end = range.end;
        }
        expect(end).toBeLessThanOrEqual(length);
      }),
    );
  });

  it('cuts exactly what slicing would cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(600), fc.nat(600), (length, first, last) => {
        const media = Array.from({ length }, (_, index) => index);
        const result = evaluateRange(`bytes=${first}-${last}`, length);
        if (last < first) expect(result).toEqual(whole);
        else if (first >= length) expect(result).toEqual(unsatisfiable);
        else expect(sliced(media, result)).toEqual(media.slice(first, last + 1));
        if (last > 0) expect(sliced(media, evaluateRange(`bytes=-${last}`, length))).toEqual(media.slice(-last));
      }),
    );
  });
});

function sliced(media: readonly number[], result: ReturnType<typeof evaluateRange>): readonly number[] {
  return result.kind === 'ranges' ? result.ranges.flatMap(({ start, end }) => media.slice(start, end)) : [];
}

describe(contentRange.name, () => {
  it('names the last byte, not the one after it', () => {
    expect(contentRange({ start: 0, end: 1 }, 100)).toBe('bytes 0-0/100');
    expect(contentRange({ start: 90, end: 100 }, 100)).toBe('bytes 90-99/100');
  });
});
