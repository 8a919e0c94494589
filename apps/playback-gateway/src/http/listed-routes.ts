import type { FastifyInstance } from 'fastify';
import type { PublicRoute } from '#platform';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Marks what only leads from another spelling of a path to the one that counts. */
    otherSpelling?: boolean;
  }
}

/** Collects every route that is registered from now on; where none is added any more, the list is whole. */
export function listRoutes(fastify: FastifyInstance): readonly PublicRoute[] {
  const routes: PublicRoute[] = [];
  fastify.addHook('onRoute', ({ method, url, config }) => {
    if (config?.otherMethods === true || config?.otherSpelling === true) return;
    routes.push(...[method].flat().map(each => ({ method: each, url })));
  });
  return routes;
}
