import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openRequest, type Tracer } from '#platform';

/** Hooks, the framework and what sends a body listen to the end of one answer: eleven to that of the console's page. */
const attendants = 20;

/** Begins the trace of every request, or continues the caller's; it is open until the connection has its answer. */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const { method, headers } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const attributes = { 'http.request.method': method, 'http.route': route, 'rcs.request_id': request.id };
    const span = tracer.begin(`${method} ${route}`, headers, attributes);
    const close = openRequest({ requestId: request.id, span });
    reply.raw.setMaxListeners(attendants);
    reply.raw.once('close', () => {
      const status = reply.raw.statusCode;
      span.set({
        'http.response.status_code': status,
        ...(status >= 500 ? { 'error.type': String(status) } : {}),
        ...(reply.raw.writableFinished ? {} : { 'error.type': 'aborted' }),
      });
      span.end();
      close();
    });
    done();
  });
}
