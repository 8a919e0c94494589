import { evaluatePreconditions, rangeApplies, type Conditions } from './preconditions.js';
import type { Representation } from './representation.js';

const representation: Representation = {
  length: 100,
  entityTag: '"current"',
  lastModified: new Date('2026-03-02T09:15:30.750Z'),
  contentType: 'audio/mpeg',
};
const undated: Representation = { ...representation, lastModified: undefined };

const sameSecond = 'Mon, 02 Mar 2026 09:15:30 GMT';
const secondBefore = 'Mon, 02 Mar 2026 09:15:29 GMT';
const secondAfter = 'Mon, 02 Mar 2026 09:15:31 GMT';

describe(evaluatePreconditions.name, () => {
  const evaluate = (conditions: Conditions, of: Representation = representation) =>
    evaluatePreconditions(conditions, of);

  it('proceeds without conditions', () => {
    expect(evaluate({})).toBe('proceed');
  });

  it.each([
    ['"current"', 'proceed'],
    ['*', 'proceed'],
    [' * ', 'proceed'],
    ['"other", "current"', 'proceed'],
    ['"a,b","current"', 'proceed'],
    ['"other"', 'failed'],
    ['W/"current"', 'failed'],
    ['current', 'failed'],
    ['', 'failed'],
  ] as const)('If-Match: %s, compared strongly, gives %s', (ifMatch, expected) => {
    expect(evaluate({ ifMatch })).toBe(expected);
  });

  it.each([
    ['"current"', 'not-modified'],
    ['W/"current"', 'not-modified'],
    ['*', 'not-modified'],
    ['"other", W/"current"', 'not-modified'],
    ['"other"', 'proceed'],
    ['"x\\"current"', 'proceed'],
    ['current', 'proceed'],
  ] as const)('If-None-Match: %s, compared weakly, gives %s', (ifNoneMatch, expected) => {
    expect(evaluate({ ifNoneMatch })).toBe(expected);
  });

  it.each([
    [secondBefore, 'proceed'],
    [sameSecond, 'not-modified'],
    [secondAfter, 'not-modified'],
  ] as const)('If-Modified-Since: %s gives %s', (ifModifiedSince, expected) => {
    expect(evaluate({ ifModifiedSince })).toBe(expected);
  });

  it.each([
    [secondBefore, 'failed'],
    [sameSecond, 'proceed'],
    [secondAfter, 'proceed'],
  ] as const)('If-Unmodified-Since: %s gives %s', (ifUnmodifiedSince, expected) => {
    expect(evaluate({ ifUnmodifiedSince })).toBe(expected);
  });

  it.each(['Monday, 02-Mar-26 09:15:30 GMT', 'Mon Mar  2 09:15:30 2026'])(
    'reads the obsolete form %s, which recipients must accept',
    date => {
      expect(evaluate({ ifModifiedSince: date })).toBe('not-modified');
      expect(evaluate({ ifUnmodifiedSince: date })).toBe('proceed');
    },
  );

  it.each(['', 'yesterday', '5', '2030', '2030-01-01', '2030-01-01T00:00:00Z', 'Mon, 32 Mar 2030 09:15:30 GMT', '0'])(
    'ignores %p, which is no HTTP-date',
    date => {
      expect(evaluate({ ifModifiedSince: date })).toBe('proceed');
      expect(evaluate({ ifUnmodifiedSince: date })).toBe('proceed');
    },
  );

  it('ignores dates when nobody knows the time of the last modification', () => {
    expect(evaluate({ ifModifiedSince: secondAfter }, undated)).toBe('proceed');
    expect(evaluate({ ifUnmodifiedSince: secondBefore }, undated)).toBe('proceed');
  });

  it('lets entity tags overrule dates', () => {
    expect(evaluate({ ifMatch: '"current"', ifUnmodifiedSince: secondBefore })).toBe('proceed');
    expect(evaluate({ ifNoneMatch: '"other"', ifModifiedSince: secondAfter })).toBe('proceed');
  });

  it('lets a failed If-Match overrule a matching If-None-Match', () => {
    expect(evaluate({ ifMatch: '"other"', ifNoneMatch: '"current"' })).toBe('failed');
    expect(evaluate({ ifMatch: '"current"', ifNoneMatch: '"current"' })).toBe('not-modified');
  });
});

describe(rangeApplies.name, () => {
  it.each([undefined, '"current"', ' "current" ', sameSecond])('lets Range count for If-Range: %s', ifRange => {
    expect(rangeApplies(ifRange, representation)).toBe(true);
  });

  it.each(['"other"', 'W/"current"', 'current', '*', '"current", "other"', secondBefore, secondAfter, 'nonsense', ''])(
    'ignores Range for If-Range: %p',
    ifRange => {
      expect(rangeApplies(ifRange, representation)).toBe(false);
    },
  );

  it('ignores Range for a date when nobody knows the time of the last modification', () => {
    expect(rangeApplies(sameSecond, undated)).toBe(false);
  });
});
