import type { FastifyRequest } from 'fastify';

export const localKeyManagerPath = '/key-management/v1';

/** Whether the request belongs to the key-management API, by the route that was matched; where none was, by its path. */
export const isLocalKeyManager = ({ routeOptions, url }: Pick<FastifyRequest, 'routeOptions' | 'url'>): boolean =>
  (routeOptions.url ?? url).startsWith(`${localKeyManagerPath}/`);
