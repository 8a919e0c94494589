import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VaultCall } from './key-pairs.js';

/** A call to the vault for this request, given up when the caller goes away. */
export function callOf(request: FastifyRequest, reply: FastifyReply): VaultCall {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the caller has gone'));
  });
  return { requestId: request.id, signal: controller.signal };
}
