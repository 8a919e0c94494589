import { heardPart, merged } from './heard-ranges.js';

describe(heardPart.name, () => {
  it.each([
    ['nothing sent', { bytes: 0, contentRange: 'bytes 0-9/10' }, undefined, { ranges: [] }],
    ['an answer to HEAD', {}, 10, { ranges: [] }],
    [
      'what the record says',
      { bytes: 5, contentRange: 'bytes 10-14/100', range: 'bytes=10-90' },
      undefined,
      { ranges: [{ first: 10, last: 14 }], length: 100 },
    ],
    ['a whole file of before', { bytes: 100 }, undefined, { ranges: [{ first: 0, last: 99 }] }],
    ['an open range of before', { bytes: 7, range: 'bytes=20-' }, 100, { ranges: [{ first: 20, last: 26 }] }],
    [
      'one of a file of unknown length',
      { bytes: 7, range: 'bytes=20-' },
      undefined,
      { ranges: [{ first: 20, last: 26 }] },
    ],
    [
      'a closed range that broke off',
      { bytes: 3, range: 'bytes=20-29' },
      undefined,
      { ranges: [{ first: 20, last: 22 }] },
    ],
    ['a suffix', { bytes: 10, range: 'bytes=-10' }, 100, { ranges: [{ first: 90, last: 99 }] }],
    ['a suffix of a file of unknown length', { bytes: 10, range: 'bytes=-10' }, undefined, { ranges: [] }],
    [
      'several ranges',
      { bytes: 300, range: 'bytes=0-4, 90-200' },
      100,
      {
        ranges: [
          { first: 0, last: 4 },
          { first: 90, last: 99 },
        ],
      },
    ],
    ['a range that is none', { bytes: 3, range: 'bytes=a-b' }, 100, { ranges: [] }],
  ])('reads %s', (_, record, length, expected) => {
    expect(heardPart(record, length)).toEqual(expected);
  });
});

describe(merged.name, () => {
  it('joins what overlaps or touches, in any order', () => {
    const ranges = [
      { first: 50, last: 60 },
      { first: 0, last: 9 },
      { first: 10, last: 19 },
      { first: 55, last: 56 },
      { first: 21, last: 30 },
    ];
    expect(merged(ranges)).toEqual([
      { first: 0, last: 19 },
      { first: 21, last: 30 },
      { first: 50, last: 60 },
    ]);
  });

  it('says the same as a set of bytes', () => {
    let seed = 20261128;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      const ranges = Array.from({ length: random(8) }, () => {
        const first = random(40);
        return { first, last: first + random(10) };
      });
      const bytes = (of: typeof ranges): readonly number[] =>
        [
          ...new Set(of.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))),
        ].sort((one, other) => one - other);
      const result = [...merged(ranges)];
      expect(bytes(result)).toEqual(bytes(ranges));
      for (const [index, { first }] of result.slice(1).entries())
        expect(first).toBeGreaterThan(result[index]!.last + 1);
    }
  });
});
