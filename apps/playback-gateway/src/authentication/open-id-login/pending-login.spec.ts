import { GatewayKeys } from '../../redis/gateway-keys.js';
import { SealedRecords } from '../../redis/sealed-records.js';
import { PendingLogins } from './pending-login.js';

const secret = Buffer.alloc(32, 7);
const minute = 60_000;
const login = {
  state: 'the state of this log-in',
  nonce: 'n',
  codeVerifier: 'v',
  returnTo: '/users',
  isInWindow: false,
  isFresh: false,
};
const pending = (key = secret): PendingLogins => new PendingLogins(new GatewayKeys(key), 10 * minute);
const cookieOf = (setCookie: string): string => setCookie.split(';')[0]!;

describe(PendingLogins.name, () => {
  afterEach(() => jest.useRealTimers());

  it('gives a log-in back to the browser that began it, at every gateway of the store', () => {
    const cookie = cookieOf(pending().issue(login));
    expect(pending().of(`JSESSIONID=x; ${cookie}; other=1`, login.state)).toEqual(login);
    expect(cookie).not.toContain(login.state);
  });

  it('has none for another state, no state, no cookie, one of another store, or one that was changed', () => {
    const cookie = cookieOf(pending().issue(login));
    const [name = '', value = ''] = cookie.split(/=(.*)/s);
    const other = value.slice(0, 20) + (value[20] === 'A' ? 'B' : 'A') + value.slice(21);
    expect(pending().of(cookie, 'another state of another one')).toBeUndefined();
    expect(pending().of(cookie, '')).toBeUndefined();
    expect(pending().of(cookie, undefined)).toBeUndefined();
    expect(pending().of(undefined, login.state)).toBeUndefined();
    expect(pending(Buffer.alloc(32, 8)).of(cookie, login.state)).toBeUndefined();
    expect(pending().of(`${name}=${other}`, login.state)).toBeUndefined();
    expect(pending().of(`${name}=`, login.state)).toBeUndefined();
    expect(pending().of(`${cookie}${'; a=b'.repeat(4000)}`, login.state)).toBeUndefined();
  });

  it('takes no record that gateways sealed for something else', () => {
    const sessions = new SealedRecords(new GatewayKeys(secret).of('records of sessions'));
    const sealed = sessions.seal('cookie', login, Date.now() + minute);
    expect(pending().of(`__Host-rcs-openid-login=${sealed}`, login.state)).toBeUndefined();
  });

  it('has none any more when its time is over, whatever the browser says', () => {
    jest.useFakeTimers({ now: Date.now() });
    const cookie = cookieOf(pending().issue(login));
    jest.advanceTimersByTime(10 * minute - 1);
    expect(pending().of(cookie, login.state)).toEqual(login);
    jest.advanceTimersByTime(1);
    expect(pending().of(cookie, login.state)).toBeUndefined();
  });

  it('makes the browser forget what was answered', () => {
    expect(pending().withdraw()).toBe('__Host-rcs-openid-login=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax');
  });
});
