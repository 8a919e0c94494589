import { returnPlace } from './return-place.js';

describe(returnPlace.name, () => {
  it.each(['/', '/users', '/recordings/0G-1@x?t=83.5&q=a%20b', '/audit?from=2026-01-01T00:00:00Z'])(
    'is a place of the console: %s',
    place => {
      expect(returnPlace(place)).toBe(place);
    },
  );

  it.each([
    undefined,
    ['/users', '/audit'],
    '',
    'users',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/users\r\nset-cookie: a=b',
    '/users#//evil.example',
    `/${'a'.repeat(1024)}`,
  ])('is the beginning of the console for anything else: %j', place => {
    expect(returnPlace(place)).toBe('/');
  });
});
