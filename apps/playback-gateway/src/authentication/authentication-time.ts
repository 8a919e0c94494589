import { decodeJwt } from 'jose';
import type { FastifyRequest } from 'fastify';
import type { Session } from '../sessions/session.js';
import type { Credentials } from './credentials.js';

const authenticationTime = Symbol('authenticationTime');
type KnownRequest = FastifyRequest & { [authenticationTime]?: Date };

/**
 * Notes when the person behind a request, which was let in, has proved who they are: now by Basic credentials, at its
 * login by a session, when the provider saw them by a token (`auth_time` of OpenID Connect, else its issue). Of a session
 * that was opened at the provider, when it says that it saw them: it may have known them for hours.
 */
export function noteAuthentication(
  request: KnownRequest,
  credentials: Credentials | undefined,
  session: Pick<Session, 'createdAt' | 'seenByProviderAt'> | undefined,
): void {
  if (credentials?.scheme === 'bearer') request[authenticationTime] = timeOfToken(credentials.token);
  else if (credentials !== undefined) request[authenticationTime] = new Date();
  else if (session !== undefined) request[authenticationTime] = new Date(session.seenByProviderAt ?? session.createdAt);
}

/** The beginning of time where nobody knows. */
export const authenticatedAt = (request: KnownRequest): Date => request[authenticationTime] ?? new Date(0);

/** The signature was checked when the token let its user in. */
function timeOfToken(token: string): Date {
  const { auth_time: seen, iat } = decodeJwt(token);
  const seconds = typeof seen === 'number' ? seen : (iat ?? 0);
  return new Date(seconds * 1000);
}
