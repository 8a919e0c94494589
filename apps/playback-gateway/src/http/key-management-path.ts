import type { FastifyRequest } from 'fastify';
import type { RcsError } from '#platform';

export const localKeyManagerPath = '/key-management/v1';

/** Whether the request belongs to the key-management API: by the route that was matched, however its path was written. */
export const isLocalKeyManager = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): boolean =>
  isBelowLocalKeyManager(routeOptions.url ?? '');

/** Whether a route, or a path that no route has, lies in the key-management API. */
export const isBelowLocalKeyManager = (path: string): boolean => path.startsWith(`${localKeyManagerPath}/`);

/** The error body of the key-management API. */
export interface KeyManagementError {
  readonly message: string;
  readonly status: number;
}

export function keyManagementError({ definition, publicDetail }: RcsError): KeyManagementError {
  return { message: publicDetail ?? definition.title, status: definition.http };
}
