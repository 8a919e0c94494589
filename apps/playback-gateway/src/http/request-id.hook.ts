import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestIdFrom, requestIdHeader, securityHeaders } from '#platform';

/** Every answer carries the id of its request and says how a browser must treat it. */
export function answerHeaders(request: FastifyRequest): Record<string, string> {
  return securityHeaders(request.id, request.protocol === 'https');
}

export function addAnswerHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    void reply.headers(answerHeaders(request));
    done();
  });
}

/** Fastify's generator of request ids. */
export function generateRequestId(request: { readonly headers: Readonly<Record<string, unknown>> }): string {
  return requestIdFrom(request.headers[requestIdHeader]);
}

export function requestIdOf(request: FastifyRequest): string {
  return request.id;
}
