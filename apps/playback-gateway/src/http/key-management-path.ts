import type { FastifyRequest } from 'fastify';
import type { RcsError } from '#platform';

export const localKeyManagerPath = '/key-management/v1';

/** Whether the request belongs to the key-management API, by the route that was matched; where none was, by its path. */
export const isLocalKeyManager = ({ routeOptions, url }: Pick<FastifyRequest, 'routeOptions' | 'url'>): boolean =>
  (routeOptions.url ?? url).startsWith(`${localKeyManagerPath}/`);

/** The error body of the key-management API. */
export interface KeyManagementError {
  readonly message: string;
  readonly status: number;
}

export function keyManagementError({ definition, publicDetail }: RcsError): KeyManagementError {
  return { message: publicDetail ?? definition.title, status: definition.http };
}
