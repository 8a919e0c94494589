import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';

/** User name and password of an HTTP Basic header (RFC 7617, UTF-8). */
export interface BasicCredentials {
  readonly userName: string;
  readonly password: string;
}

/** What an Authorization header shows of who sends it. */
export type Credentials =
  | ({ readonly scheme: 'basic' } & BasicCredentials)
  | {
      readonly scheme: 'bearer';
      /** Not checked yet. */
      readonly token: string;
    };

/** Reads an Authorization header; undefined for none, another scheme or anything malformed. */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const basic = parseBasicCredentials(header);
  if (basic !== undefined) return { scheme: 'basic', ...basic };
  const token = parseBearerToken(header);
  return token === undefined ? undefined : { scheme: 'bearer', token };
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

/** Longer tokens are not looked at. */
const longestToken = 16 * 1024;

/** The token of an `Authorization: Bearer` header (RFC 6750 section 2.1); undefined for none or another scheme. */
export function parseBearerToken(header: string | undefined): string | undefined {
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
  return token === undefined || token.length > longestToken ? undefined : token;
}

/** The contact center that a request names in the header field of Genesys RCS, ContactCenterId. */
export function namedContactCenter({ headers }: FastifyRequest): string | undefined {
  const value = headers['contactcenterid'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** One error for whatever was wrong with credentials; only the log says for whom. */
export function wrongCredentials(userName: string, reason = 'wrong credentials'): RcsError {
  return new RcsError('RCS_AUTHENTICATION_REQUIRED', `${reason} for ${JSON.stringify(userName.slice(0, 128))}`);
}
