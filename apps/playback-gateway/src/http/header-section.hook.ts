import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';

/**
 * Refuses what Node lets pass: HTTP/0.9, more header fields than any client needs, and several Host fields, which proxies
 * in front may read otherwise than we do (RFC 9112 section 3.2).
 */
export function checkHeaderSections(fastify: FastifyInstance, maximumCount: number): void {
  fastify.addHook('onRequest', (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void) => {
    const { rawHeaders, httpVersionMajor } = request.raw;
    done(httpVersionMajor < 1 ? unreadable('HTTP/0.9 is not spoken here') : problemIn(rawHeaders, maximumCount));
  });
}

function problemIn(rawHeaders: readonly string[], maximumCount: number): RcsError | undefined {
  const count = rawHeaders.length / 2;
  if (count > maximumCount) return new RcsError('RCS_HEADERS_TOO_LARGE', `${count} header fields`);
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  return hosts <= 1 ? undefined : unreadable('a request has one Host field');
}

const unreadable = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
