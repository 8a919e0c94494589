import type { FastifyInstance } from 'fastify';
import { RcsError } from '#platform';

/** No body of this API nests deeper than a few levels; parsing and checking deep ones costs much, or the whole stack. */
const deepestNesting = 32;

const code = (character: string): number => character.charCodeAt(0);
const [brace, bracket, closingBrace, closingBracket] = [code('{'), code('['), code('}'), code(']')];
const [quote, backslash] = [code('"'), code('\\')];

/** Reads JSON as Fastify does, `__proto__` refused, but nothing that is nested deeper than any request of ours. */
export function acceptShallowJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (nestsDeeperThan(deepestNesting, body)) {
      const publicDetail = `the body is nested deeper than ${deepestNesting} levels`;
      done(new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail }));
    } else void parse(request, body, done);
  });
}

/** Whether brackets and braces outside of strings are ever open more often than that. */
export function nestsDeeperThan(limit: number, json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const char = json.charCodeAt(index);
    if (inString) {
      if (char === backslash) index++;
      else if (char === quote) inString = false;
    } else if (char === quote) inString = true;
    else if (char === brace || char === bracket) {
      if (++depth > limit) return true;
    } else if (char === closingBrace || char === closingBracket) depth--;
  }
  return false;
}
