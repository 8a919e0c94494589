/** User name and password of an HTTP Basic header (RFC 7617, UTF-8). */
export interface BasicCredentials {
  readonly userName: string;
  readonly password: string;
}

/** undefined for no header, another scheme or anything malformed. */
export function parseBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '');
  if (match?.[1] === undefined) return undefined;
  const text = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { userName: text.slice(0, colon), password: text.slice(colon + 1) };
}
