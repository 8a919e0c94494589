import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RcsError, type ServerSettings } from '#platform';
import { errorAnswer } from './error-answer.js';
import { closeLingering } from './lingering-close.js';

/** What a playback may take longer than its first byte, milliseconds: it ends by its own deadline, with its own reason. */
const afterPlaybackMs = 5000;

/** How long any request may wait for the head of its answer, milliseconds. */
export const answerTimeoutOf = ({
  limits,
  playbackStartTimeoutMs,
}: Pick<ServerSettings, 'limits' | 'playbackStartTimeoutMs'>): number =>
  Math.max(limits.answerTimeoutMs, playbackStartTimeoutMs + afterPlaybackMs);

/**
 * The last deadline of every request: whatever does not end by itself, and whoever forgot a deadline of their own, the
 * client gets an answer, and its connection is given back. What still runs for the request has nobody to tell any more.
 * @param expired called with what the request is refused with.
 */
export function limitAnswerTimes(
  fastify: FastifyInstance,
  timeoutMs: number,
  expired: (request: FastifyRequest, error: RcsError) => void,
): void {
  const sending = new WeakSet<FastifyRequest>();
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const timer = setTimeout(() => {
      if (reply.sent || reply.raw.headersSent || sending.has(request)) return;
      const error = new RcsError('RCS_TIMEOUT', `the answer has not begun after ${timeoutMs} ms`);
      expired(request, error);
      answerInstead(request, reply, error);
    }, timeoutMs);
    timer.unref();
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
  fastify.addHook('onSend', (request: FastifyRequest, _reply: FastifyReply, payload: unknown, done) => {
    sending.add(request);
    done(null, payload);
  });
}

/** Past Fastify, for which the request still runs: whatever it sends later is dropped. */
function answerInstead(request: FastifyRequest, reply: FastifyReply, error: RcsError): void {
  const { status, headers, body } = errorAnswer(request, error);
  const answered = { ...reply.getHeaders(), ...headers } as Record<string, string>;
  reply.hijack();
  if (!request.raw.complete) closeLingering(request.raw.socket);
  reply.raw.writeHead(status, { ...answered, connection: 'close', 'content-length': Buffer.byteLength(body) });
  reply.raw.end(request.method === 'HEAD' ? undefined : body);
}
