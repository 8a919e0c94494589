import type { IncomingHttpHeaders } from 'node:http';

const realm = 'realm="Recording Crypto Server"';
const basic = `Basic ${realm}, charset="UTF-8"`;
/** Every 401 has a challenge (RFC 9110 section 15.5.2); browsers open no window of their own for this one. */
const session = `Cookie ${realm}`;

/**
 * How a request without credentials is asked for them: programs, and people who type an address, for a password; pages for
 * their session. A browser that is asked for a password opens a window of its own, over whatever page there is. Programs
 * such as curl say nothing of all this, and are asked for a password whatever else they send.
 */
export function challengeFor(headers: IncomingHttpHeaders): string {
  return isOfPage(headers) ? session : basic;
}

/**
 * Whether a page has asked for it (Fetch Metadata): a script that says so; our own pages; and what is part of any page, an
 * element with media or a script, where the browser sends cookies along: it had a session. Pages of others whose elements have
 * none go on asking for a password.
 */
function isOfPage(headers: IncomingHttpHeaders): boolean {
  if (headers['x-requested-with'] === 'XMLHttpRequest') return true;
  const { 'sec-fetch-dest': destination, 'sec-fetch-site': site, cookie } = headers;
  if (destination === undefined || destination === 'document') return site === 'same-origin';
  return site === 'same-origin' || cookie !== undefined;
}
