import type { IncomingMessage, Server } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const waiting = new WeakSet<IncomingMessage>();

/**
 * Clients that ask before they send (`Expect: 100-continue`, RFC 9110 section 10.1.1) are not asked for the body yet:
 * first it is decided who they are and whether the body is too large.
 */
export function answerExpectations(server: Pick<Server, 'on' | 'emit'>): void {
  server.on('checkContinue', (request, response) => {
    waiting.add(request);
    server.emit('request', request, response);
  });
  // Other expectations may be ignored (RFC 9110 section 10.1.1); Node would answer 417 past every hook.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Asks for the body once its caller may send it. The others get the refusal at once, and send nothing. */
export function askForBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request: FastifyRequest, reply: FastifyReply, payload, done) => {
    const tooLarge = Number(request.headers['content-length']) > request.routeOptions.bodyLimit;
    if (!tooLarge && waiting.delete(request.raw)) reply.raw.writeContinue();
    done(null, payload);
  });
}

/** Whether the client still waits to be asked for its body. */
export const waitsToSend = (request: IncomingMessage): boolean => waiting.has(request);
