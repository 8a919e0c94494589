import { challengeFor } from './challenge.js';

describe(challengeFor.name, () => {
  it.each([
    ['curl', { 'user-agent': 'curl/8.5.0', accept: '*/*' }],
    ['curl with the cookies of a session that ended', { 'user-agent': 'curl/8.5.0', cookie: 'JSESSIONID=x' }],
    [
      'an address that somebody types',
      { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none', cookie: 'JSESSIONID=x' },
    ],
    ['a link of another site', { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' }],
    [
      'media of another site, whose listener has no session',
      { 'sec-fetch-dest': 'audio', 'sec-fetch-site': 'cross-site' },
    ],
  ])('asks for a password: %s', (_, headers) => {
    expect(challengeFor(headers)).toBe('Basic realm="Recording Crypto Server", charset="UTF-8"');
  });

  it.each([
    [
      'the sound of the console',
      { 'sec-fetch-dest': 'audio', 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'same-origin' },
    ],
    ['its screens', { 'sec-fetch-dest': 'video', 'sec-fetch-site': 'same-origin' }],
    ['its scripts', { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }],
    ['a link in it', { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' }],
    ['media of another site, whose listener had a session', { 'sec-fetch-dest': 'audio', cookie: 'JSESSIONID=x' }],
    ['a script that says what it is', { 'x-requested-with': 'XMLHttpRequest' }],
  ])('asks for a session, for which no browser opens a window: %s', (_, headers) => {
    expect(challengeFor(headers)).toBe('Cookie realm="Recording Crypto Server"');
  });
});
