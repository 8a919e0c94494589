import { randomUUID } from 'node:crypto';

/** One id through all hops, in this header and in gRPC metadata. */
export const requestIdHeader = 'x-request-id';

const acceptable = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's request id where it is harmless in a log, else a new one. */
export function requestIdFrom(headerValue: unknown): string {
  return typeof headerValue === 'string' && acceptable.test(headerValue) ? headerValue : randomUUID();
}
