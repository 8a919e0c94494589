import { LineLength } from './line-length.js';

const noted = (...seconds: readonly number[]): number => {
  const length = new LineLength();
  for (const one of seconds) length.note(one);
  return length.current;
};
const times = (count: number, seconds: number): number[] => Array.from({ length: count }, () => seconds);

describe(LineLength.name, () => {
  it('lets nobody stand behind another before anything is known', () => {
    expect(noted()).toBe(1);
  });

  it('is longer where operations take a moment', () => {
    expect(noted(0.0004)).toBe(4);
    expect(noted(0.05)).toBe(1);
  });

  it('follows a token that becomes slow, and one that was slow for a moment', () => {
    expect(noted(...times(100, 0.0004), ...times(3, 0.03))).toBe(1);
    expect(noted(...times(100, 0.03), ...times(30, 0.0004))).toBe(4);
  });
});
