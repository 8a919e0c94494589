import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { runInRequest, type RequestContext, type Tracer } from '#platform';

/**
 * Begins the trace of every request, or continues the caller's, and does all work on it inside its context. Hooks that
 * follow a body run when the last of it has come, which is no longer inside: the context is entered again.
 */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer): void {
  const contexts = new WeakMap<FastifyRequest, RequestContext>();
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const { method, headers } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const attributes = { 'http.request.method': method, 'http.route': route, 'rcs.request_id': request.id };
    const span = tracer.begin(`${method} ${route}`, headers, attributes);
    reply.raw.once('close', () => {
      const status = reply.raw.statusCode;
      span.set({
        'http.response.status_code': status,
        ...(status >= 500 ? { 'error.type': String(status) } : {}),
        ...(reply.raw.writableFinished ? {} : { 'error.type': 'aborted' }),
      });
      span.end();
    });
    const context = { requestId: request.id, span };
    contexts.set(request, context);
    runInRequest(context, done);
  });
  fastify.addHook('preValidation', (request: FastifyRequest, _: FastifyReply, done: () => void) => {
    const context = contexts.get(request);
    if (context === undefined) done();
    else runInRequest(context, done);
  });
}
