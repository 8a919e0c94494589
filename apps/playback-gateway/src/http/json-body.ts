import type { FastifyInstance } from 'fastify';
import { nestsDeeperThan, RcsError } from '#platform';

/**
 * Reads JSON as Fastify does, `__proto__` refused, but nothing that is nested deeper than `deepest` levels: no body of this
 * API needs more than a few, and parsing and checking deep ones costs much, or the whole stack.
 */
export function acceptShallowJson(fastify: FastifyInstance, deepest: number): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (nestsDeeperThan(deepest, body)) {
      const publicDetail = `the body is nested deeper than ${deepest} levels`;
      done(new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail }));
    } else if (body.trim() === '') {
      // Clients name the type of every request, of those without a body, too: what is due but missing is named later.
      done(null, undefined);
    } else void parse(request, body, done);
  });
}
