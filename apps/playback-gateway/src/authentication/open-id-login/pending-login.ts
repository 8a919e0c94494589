import { parseCookie, stringifySetCookie } from 'cookie';
import { z } from 'zod';
import { equalSecrets } from '#platform';
import type { GatewayKeys } from '../../redis/gateway-keys.js';
import { SealedRecords } from '../../redis/sealed-records.js';

const pendingLogin = z.object({
  /** What the provider gives back (RFC 6749 section 10.12). */
  state: z.string(),
  /** What its ID token must repeat (OpenID Connect Core 1.0 section 3.1.2.1). */
  nonce: z.string(),
  /** What redeems the code (RFC 7636 section 4.1). */
  codeVerifier: z.string(),
  /** The place within the console that the log-in leads to. */
  returnTo: z.string(),
  /** Whether it happens in a window beside the page. */
  isInWindow: z.boolean(),
  /** Whether the provider must ask who is there, however well it knows them. */
  isFresh: z.boolean(),
});

/** A log-in that has begun here and goes on at the provider. */
export type PendingLogin = z.output<typeof pendingLogin>;

/** No domain, whole host, TLS alone: neither a neighbouring name nor a connection without TLS can put one in (RFC 6265bis). */
const cookieName = '__Host-rcs-openid-login';
const place = 'cookie';
const longestCookieHeader = 16 * 1024;

/**
 * Log-ins on their way, in a cookie of the browser that began them: no gateway remembers any, and each can go on with
 * them. It is sealed under a key that gateways alone have, until the time in it is over.
 */
export class PendingLogins {
  private readonly seals: SealedRecords;

  constructor(
    keys: GatewayKeys,
    private readonly lifetimeMs: number,
  ) {
    this.seals = new SealedRecords(keys.of('OpenID log-ins'));
  }

  /** The Set-Cookie field that gives it to the browser. */
  issue(login: PendingLogin): string {
    const value = this.seals.seal(place, login, Date.now() + this.lifetimeMs);
    return stringifySetCookie({ ...attributes, value, maxAge: Math.ceil(this.lifetimeMs / 1000) });
  }

  /**
   * The log-in that this browser has begun under this state; undefined where it has begun none, another one, or too long
   * ago.
   */
  of(cookies: string | undefined, state: string | undefined): PendingLogin | undefined {
    if (cookies === undefined || cookies.length > longestCookieHeader || state === undefined) return undefined;
    const opened = this.seals.open(place, parseCookie(cookies)[cookieName] ?? null);
    const { data } = pendingLogin.safeParse(opened?.content);
    return data !== undefined && equalSecrets(data.state, state) ? data : undefined;
  }

  /** The Set-Cookie field that makes the browser forget: a log-in is answered once. */
  withdraw(): string {
    return stringifySetCookie({ ...attributes, value: '', maxAge: 0 });
  }
}

/** `Lax`: the browser comes back from another site. */
const attributes = { name: cookieName, httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;
