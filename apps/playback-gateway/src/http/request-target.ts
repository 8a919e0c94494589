/* eslint-disable no-restricted-syntax -- the one place where the text of a URL is read: nothing is decided by it */
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** The path as it was sent, without its query, for lines of a log or of the audit. */
export const writtenPath = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';

/** What the router reads, unchanged. */
export const targetForRouter = ({ url = '' }: IncomingMessage): string => url;

/** Path and query as they were sent: what a signature of the request covers. */
export const signedTarget = ({ raw }: FastifyRequest): string => raw.url ?? '';

/**
 * The route that was matched, for the form of the answer; where none was there is nothing but the text to go by, and
 * nothing to protect.
 */
export const routeOrPath = (request: FastifyRequest): string => request.routeOptions.url ?? writtenPath(request);
