import type { IncomingMessage } from 'node:http';
import { finished, Writable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { waitsToSend } from './expect-continue.js';
import { closeLingering } from './lingering-close.js';

/** What is read of a body that nobody wants, so that its sender takes note of the answer; bytes and milliseconds. */
const mostBytes = 1024 * 1024;
const longestMs = 5000;

/**
 * An answer that comes before the whole body was read, a refusal or what a GET with a body asks for, leaves the rest of it
 * on the connection, where it would hold up the next request, be taken for it, or have TCP reset the connection before the
 * answer is read. So the rest is read and dropped before the answer leaves, within bounds; beyond them the connection is
 * closed after the answer.
 */
export function drainUnreadBodies(fastify: FastifyInstance): void {
  // With a callback: nearly every request has nothing to drain, and need not wait for a promise.
  fastify.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload: unknown, done) => {
    if (!hasUnreadBody(request.raw)) done(null, payload);
    else void drainOrClose(request, reply).then(() => done(null, payload), done);
  });
}

async function drainOrClose({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  // What is announced as longer is not waited for: its sender learns at once.
  const worthwhile = announcedBytes(raw) <= mostBytes && !waitsToSend(raw);
  if (worthwhile && (await drain(raw))) return;
  void reply.header('connection', 'close');
  closeLingering(raw.socket);
}

const announcedBytes = ({ headers }: IncomingMessage): number => Number(headers['content-length'] ?? 0);

/** Whether a part of the body is still to come. */
const hasUnreadBody = (request: IncomingMessage): boolean =>
  !request.complete && (request.headers['transfer-encoding'] !== undefined || announcedBytes(request) > 0);

/** Whether the stream came to its end within the bounds. */
function drain(body: IncomingMessage): Promise<boolean> {
  if (body.destroyed) return Promise.resolve(false);
  return new Promise(resolve => {
    let bytes = 0;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        if (bytes > mostBytes) end(false);
        done();
      },
    });
    const timer = setTimeout(() => end(false), longestMs);
    const end = (complete: boolean): void => {
      clearTimeout(timer);
      stopWatching();
      body.unpipe(sink);
      resolve(complete);
    };
    const stopWatching = finished(body, { writable: false }, error => end(error == null));
    body.pipe(sink);
  });
}
