import { nestsDeeperThan } from './json-depth.js';

describe(nestsDeeperThan.name, () => {
  it.each([
    ['[[]]', 2, false],
    ['[[]]', 1, true],
    ['{"a":{"b":[]}}', 2, true],
    ['[{},{},[],[]]', 2, false],
    ['"[[[["', 0, false],
    ['{"a":"\\"[[[["}', 1, false],
    ['{"a":"\\\\"},[[', 1, true],
  ])('%s, %d levels', (json, limit, expected) => {
    expect(nestsDeeperThan(limit, json)).toBe(expected);
  });
});
