import type { FastifyInstance, FastifyReply } from 'fastify';
import { RcsError, type PublicRoute } from '#platform';
import { routableMethods, standIn } from './routed-method.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Marks what only says which methods there are. */
    otherMethods?: boolean;
  }
}

const pathParts = (url: string): string[] => url.split('/');

/** Whether every path that matches one pattern could match the other. */
function covers(general: string, special: string): boolean {
  const [left, right] = [pathParts(general), pathParts(special)];
  return left.length === right.length && left.every((part, index) => part.startsWith(':') || part === right[index]);
}

/**
 * Gives every path an answer to the methods it has no route for: 405 with Allow (RFC 9110 section 15.5.6), for all methods
 * that Node can read. They are routes like all others, so that which path was meant is decided in one place. To be called
 * when all routes are there.
 * @throws Error for a route whose method the router would never see
 */
export function answerOtherMethods(fastify: FastifyInstance, routes: readonly PublicRoute[]): void {
  const known = [...routes];
  const unseen = known.find(({ method }) => !routableMethods.has(method));
  if (unseen !== undefined) throw new Error(`${unseen.method} ${unseen.url}: add the method to routableMethods`);
  if (!fastify.supportedMethods.includes(standIn)) fastify.addHttpMethod(standIn);
  for (const url of new Set(known.map(route => route.url))) {
    const allowed = new Set(known.filter(route => covers(route.url, url)).map(({ method }) => method));
    const method = [...routableMethods, standIn].filter(one => !allowed.has(one));
    const allow = [...allowed].sort().join(', ');
    const refuse = (_request: unknown, reply: FastifyReply, done: (error: Error) => void): void => {
      void reply.header('allow', allow);
      done(new RcsError('RCS_METHOD_NOT_ALLOWED'));
    };
    if (method.length === 0) continue;
    fastify.route({
      method,
      url,
      config: { access: 'anyone', otherMethods: true },
      onRequest: refuse,
      handler: () => undefined,
    });
  }
}
