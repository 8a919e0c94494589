import { clockText, linkedPlace, placeInLink } from './place-in-link.js';

describe('the place in a link', () => {
  it.each([
    ['0', 0],
    ['83.5', 83.5],
    ['83s', 83],
    ['1:23', 83],
    ['1:02:03.5', 3723.5],
    ['2m', 120],
    ['1h2m3s', 3723],
  ])('%s', (text, place) => {
    expect(placeInLink(text)).toBe(place);
  });

  it.each([null, '', 'x', '-3', '1:2:3:4', 'NaN', '1e9', '12abc'])('is none: %s', text => {
    expect(placeInLink(text)).toBeUndefined();
  });

  it('is written in tenths of seconds, and read as such', () => {
    expect(linkedPlace(83.4567)).toBe('83.5');
    expect(placeInLink(linkedPlace(7.04))).toBe(7);
  });

  it('is shown as a clock', () => {
    expect([0, 9.99, 65, 3723, -1].map(clockText)).toEqual(['0:00', '0:09', '1:05', '1:02:03', '0:00']);
  });
});
