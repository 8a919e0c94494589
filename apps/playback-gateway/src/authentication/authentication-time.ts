import { decodeJwt } from 'jose';
import type { FastifyRequest } from 'fastify';
import type { Session } from '../sessions/session.js';
import { parseBearerToken } from './credentials.js';

const authenticationTime = Symbol('authenticationTime');
type KnownRequest = FastifyRequest & { [authenticationTime]?: Date };

/**
 * Notes when the person behind a request, which was let in, has proved who they are: now by Basic credentials, at its
 * log-in by a session, when the provider saw them by a token (`auth_time` of OpenID Connect, else its issue).
 */
export function noteAuthentication(request: KnownRequest, session: Pick<Session, 'createdAt'> | undefined): void {
  const { authorization } = request.headers;
  const token = parseBearerToken(authorization);
  if (token !== undefined) request[authenticationTime] = timeOfToken(token);
  else if (authorization !== undefined) request[authenticationTime] = new Date();
  else if (session !== undefined) request[authenticationTime] = new Date(session.createdAt);
}

/** The beginning of time where nobody knows. */
export const authenticatedAt = (request: KnownRequest): Date => request[authenticationTime] ?? new Date(0);

/** The signature was checked when the token let its user in. */
function timeOfToken(token: string): Date {
  const { auth_time: seen, iat } = decodeJwt(token);
  const seconds = typeof seen === 'number' ? seen : (iat ?? 0);
  return new Date(seconds * 1000);
}
