import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestIdFrom, requestIdHeader } from '#platform';

/** Every answer carries the id of its request and says how a browser must treat it. */
export function answerHeaders(request: FastifyRequest): Record<string, string> {
  return {
    [requestIdHeader]: request.id,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-site',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'private, no-store',
    // RFC 6797 section 7.2: only over TLS.
    ...(request.protocol === 'https' ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
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
