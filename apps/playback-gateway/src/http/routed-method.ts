import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { targetForRouter } from './request-target.js';

/** Methods that routes may have. */
export const routableMethods: ReadonlySet<string> = new Set([
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
]);
/** What all others are to the router, which has a tree of paths for each method that it knows: some 150 KB each. */
export const standIn = 'TRACE';

const written = new WeakMap<IncomingMessage, string>();

/**
 * Fastify's `rewriteUrl`, the one place before the router: the path stays as it is, and a method that no route has becomes
 * the one that stands for all of them, until the route is found.
 */
export function asRouted(request: IncomingMessage): string {
  const { method = '' } = request;
  if (!routableMethods.has(method) && method !== standIn) {
    written.set(request, method);
    request.method = standIn;
  }
  return targetForRouter(request);
}

/** From the first hook on a request has its own method again. */
export function restoreMethods(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    const method = written.get(raw);
    if (method !== undefined) raw.method = method;
    done();
  });
}
