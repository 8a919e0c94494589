import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemContentType, retryAfterSeconds, toApiStatus, toProblemDetails, type RcsError } from '#platform';
import { isBelowLocalKeyManager, keyManagementError } from './key-management-path.js';
import { routeOrPath } from './request-target.js';

/** An error as it is sent. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The error in the form of the resource: a problem document below /rcs, `{statusCode, statusMessage}` elsewhere. */
export function errorAnswer(request: FastifyRequest, error: RcsError): ErrorAnswer {
  const path = routeOrPath(request);
  const retryAfter = retryAfterSeconds(error);
  const isKeyManager = isBelowLocalKeyManager(path);
  // Scripts ask without the header field so that the browser does not open its own dialog.
  const isChallenged =
    error.code === 'RCS_AUTHENTICATION_REQUIRED' &&
    !isKeyManager &&
    request.headers['x-requested-with'] !== 'XMLHttpRequest';
  return {
    status: error.definition.http,
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(isChallenged ? { 'www-authenticate': 'Basic realm="Recording Crypto Server", charset="UTF-8"' } : {}),
      'content-type': path.startsWith('/rcs/') ? problemContentType : 'application/json; charset=utf-8',
    },
    body: JSON.stringify(bodyFor(path, error, request.id)),
  };
}

function bodyFor(path: string, error: RcsError, requestId: string): object {
  if (isBelowLocalKeyManager(path)) return keyManagementError(error);
  return path.startsWith('/rcs/') ? toProblemDetails(error, requestId) : toApiStatus(error);
}

/** Sends it. */
export function answerWithError(request: FastifyRequest, reply: FastifyReply, error: RcsError): void {
  const { status, headers, body } = errorAnswer(request, error);
  void reply.headers(headers).status(status).send(body);
}
