import type { FastifyRequest } from 'fastify';
import { requireFreshLogin } from '../access/fresh-login.js';
import { authenticatedAt, noteAuthentication } from './authentication-time.js';
import { readCredentials } from './credentials.js';

const minute = 60_000;

/** How old the proof of a request is, in whole minutes. */
function minutesOf(authorization: string | undefined, session?: Parameters<typeof noteAuthentication>[2]): number {
  const request = {} as FastifyRequest;
  noteAuthentication(request, readCredentials(authorization), session);
  return Math.round((Date.now() - authenticatedAt(request).getTime()) / minute);
}

function bearer(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `Bearer ${part({ alg: 'RS256' })}.${part(claims)}.${part({})}`;
}

const secondsAgo = (minutes: number): number => Math.floor((Date.now() - minutes * minute) / 1000);
const administrator = (minutes: number) => ({
  name: 'carol',
  contactCenter: '9350',
  address: '192.0.2.1',
  requestId: 'r',
  authenticatedAt: new Date(Date.now() - minutes * minute),
});

describe('when somebody has authenticated', () => {
  it('is now with Basic credentials, even beside an old session', () => {
    expect(minutesOf('Basic eDp5', { createdAt: Date.now() - 60 * minute })).toBe(0);
  });

  it('is the login of a session', () => {
    expect(minutesOf(undefined, { createdAt: Date.now() - 60 * minute })).toBe(60);
  });

  it('of a session that was opened at the provider is when that asked, long ago where it does not say', () => {
    const now = Date.now();
    expect(minutesOf(undefined, { createdAt: now, seenByProviderAt: now - 30 * minute })).toBe(30);
    expect(minutesOf(undefined, { createdAt: now, seenByProviderAt: 0 })).toBeGreaterThan(1_000_000);
  });

  it('is what the provider says in a token, else its issue', () => {
    expect(minutesOf(bearer({ iat: secondsAgo(2), auth_time: secondsAgo(30) }))).toBe(30);
    expect(minutesOf(bearer({ iat: secondsAgo(2) }))).toBe(2);
    expect(minutesOf(bearer({}))).toBeGreaterThan(1_000_000);
  });

  it('is long ago where nobody knows', () => {
    expect(minutesOf(undefined)).toBeGreaterThan(1_000_000);
  });
});

describe(requireFreshLogin.name, () => {
  const tooOld = expect.objectContaining({ code: 'RCS_FRESH_LOGIN_REQUIRED' }) as Error;

  it('lets those through who logged in a quarter of an hour ago, and asks the others to do it again', () => {
    expect(() => requireFreshLogin(administrator(14))).not.toThrow();
    expect(() => requireFreshLogin(administrator(-0.05))).not.toThrow();
    expect(() => requireFreshLogin(administrator(15.1))).toThrow(tooOld);
  });

  it('asks those again whose login lies in the future, because the clock was set back', () => {
    expect(() => requireFreshLogin(administrator(-1))).toThrow(tooOld);
  });
});
