import { Inject, Injectable } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';

type CookieSettings = ServerSettings['sessionCookie'];

const longestCookieHeader = 8192;

/** Writes and reads the session cookie (RFC 6265). It never outlives the browser; how long it works is decided here. */
@Injectable()
export class SessionCookie {
  private readonly settings: CookieSettings;

  constructor(@Inject(SERVER_SETTINGS) { sessionCookie }: Pick<ServerSettings, 'sessionCookie'>) {
    this.settings = sessionCookie;
  }

  /** The cookie's value; undefined for none. Of several of the name the first counts, as browsers send the most specific first. */
  read(header: string | undefined): string | undefined {
    if (header === undefined || header.length > longestCookieHeader) return undefined;
    return parseCookie(header)[this.settings.name];
  }

  /** The Set-Cookie field that gives the secret to the browser. */
  issue(secret: string): string {
    return stringifySetCookie({ ...this.attributes(), value: secret });
  }

  /** The Set-Cookie field that makes the browser forget. */
  withdraw(): string {
    return stringifySetCookie({ ...this.attributes(), value: '', maxAge: 0 });
  }

  private attributes() {
    const { name, sameSite, secure, partitioned, domain, path } = this.settings;
    return {
      name,
      httpOnly: true,
      secure,
      sameSite: sameSite.toLowerCase() as 'strict' | 'lax' | 'none',
      path,
      ...(partitioned ? { partitioned } : {}),
      ...(domain === undefined ? {} : { domain }),
    };
  }
}
