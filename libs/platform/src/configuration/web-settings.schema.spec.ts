import { z } from 'zod';
import { webSettings } from './web-settings.schema.js';

const schema = z.strictObject(webSettings());
const cookie = (sessionCookie: object) => schema.safeParse({ sessionCookie });
const messageOf = (sessionCookie: object): string | undefined => cookie(sessionCookie).error?.issues[0]?.message;

describe('the cookie of sessions', () => {
  it('is for this host, TLS and this site alone unless told otherwise', () => {
    expect(schema.parse({}).sessionCookie).toEqual({
      name: 'JSESSIONID',
      sameSite: 'Lax',
      secure: true,
      partitioned: false,
      path: '/',
    });
  });

  it.each<readonly [object, RegExp | undefined]>([
    [{ name: '__Host-JSESSIONID' }, undefined],
    [{ name: '__Host-JSESSIONID', secure: false }, /__Host-/],
    [{ name: '__Host-JSESSIONID', domain: 'example.org' }, /__Host-/],
    [{ name: '__Host-JSESSIONID', path: '/api' }, /__Host-/],
    [{ name: '__Secure-JSESSIONID', domain: 'example.org' }, undefined],
    [{ name: '__Secure-JSESSIONID', secure: false }, /__Secure-/],
  ])('holds the prefixes of cookies to their rules: %j', (settings, problem) => {
    if (problem === undefined) expect(cookie(settings).success).toBe(true);
    else expect(messageOf(settings)).toMatch(problem);
  });

  it.each([
    { sameSite: 'None', secure: false },
    { partitioned: true, secure: false },
  ])('lets no other site use a session over a cookie that anybody can read: %j', settings => {
    expect(messageOf(settings)).toContain('needs secure: true');
  });

  it('takes a path that begins with a slash, and a name that is a token', () => {
    expect(cookie({ path: '/rcs' }).data?.sessionCookie.path).toBe('/rcs');
    for (const wrong of [{ path: 'rcs' }, { name: 'a b' }, { name: 'a;b' }, { name: '' }]) {
      expect(cookie(wrong).success).toBe(false);
    }
  });
});

describe('origins that are allowed', () => {
  it.each<readonly [object, boolean]>([
    [{ allowedOrigins: 'https://*.example.com' }, true],
    [{ allowedOrigins: '*' }, false],
    [{ allowedOrigins: '*', allowCredentials: false }, true],
    [{ allowedOrigins: 'https://example.com/path' }, false],
    [{ allowedOrigins: 'https://exa*mple.com' }, false],
  ])('%j: %s', (crossOriginSettings, isTaken) => {
    expect(schema.safeParse({ crossOriginSettings }).success).toBe(isTaken);
  });
});
