import type { FastifyInstance } from 'fastify';
import { RcsError } from '#platform';

/** Requests that come through an open connection while the server closes are sent elsewhere, in the form of every refusal. */
export function refuseWhileClosing(fastify: FastifyInstance): void {
  let closing = false;
  fastify.addHook('preClose', done => {
    closing = true;
    done();
  });
  fastify.addHook('onRequest', (_request, reply, done) => {
    if (closing) void reply.header('connection', 'close');
    done(closing ? new RcsError('RCS_SHUTTING_DOWN', undefined, { retryAfterMs: 1000 }) : undefined);
  });
}
