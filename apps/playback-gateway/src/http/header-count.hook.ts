import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';

/** Refuses requests with more header fields than any client needs. */
export function limitHeaderCount(fastify: FastifyInstance, maximum: number): void {
  fastify.addHook('onRequest', (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void) => {
    const count = request.raw.rawHeaders.length / 2;
    done(count > maximum ? new RcsError('RCS_HEADERS_TOO_LARGE', `${count} header fields`) : undefined);
  });
}
