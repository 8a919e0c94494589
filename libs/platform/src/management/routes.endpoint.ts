import type { IncomingMessage } from 'node:http';
import { isLocalCaller } from './local-caller.js';
import type { EndpointAnswer } from './log-level.endpoint.js';

/** One way into a service: a method and the pattern of its URLs. */
export interface PublicRoute {
  readonly method: string;
  readonly url: string;
}

/**
 * Every way into the service, as its router knows them: what must hold for all routes is tested over this list, so that
 * none that is added later is forgotten. For callers on the same machine alone.
 */
export function answerRoutes(request: IncomingMessage, routes: readonly PublicRoute[]): EndpointAnswer {
  if (!isLocalCaller(request)) {
    return { status: 403, body: { error: 'only from the loopback address, without a proxy' } };
  }
  if (request.method !== 'GET') return { status: 405, body: { error: 'GET only' }, headers: { allow: 'GET' } };
  return { status: 200, body: { routes } };
}
