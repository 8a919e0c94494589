import type { FastifyRequest } from 'fastify';

/** The contact center that a request names in the header field of the original, ContactCenterId. */
export function namedContactCenter({ headers }: FastifyRequest): string | undefined {
  const value = headers['contactcenterid'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
