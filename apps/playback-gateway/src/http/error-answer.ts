import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiStatusForm, problemForm, retryAfterSeconds, type ErrorForm, type RcsError } from '#platform';
import { challengeFor } from './challenge.js';
import { isBelowLocalKeyManager, keyManagementError } from './key-management-path.js';
import { routeOrPath } from './request-target.js';

/** An error as it is sent. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The form of the resource: a problem document below /rcs, `{statusCode, statusMessage}` elsewhere. */
export function errorForm(path: string): ErrorForm {
  if (isBelowLocalKeyManager(path)) return { ...apiStatusForm, body: keyManagementError };
  return path.startsWith('/rcs/') ? problemForm : apiStatusForm;
}

/** The error in that form. */
export function errorAnswer(request: FastifyRequest, error: RcsError): ErrorAnswer {
  const path = routeOrPath(request);
  const { contentType, body } = errorForm(path);
  const retryAfter = retryAfterSeconds(error);
  const isKeyManager = isBelowLocalKeyManager(path);
  const challenge =
    error.code === 'RCS_AUTHENTICATION_REQUIRED' && !isKeyManager ? challengeFor(request.headers) : undefined;
  return {
    status: error.definition.http,
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
      'content-type': contentType,
    },
    body: JSON.stringify(body(error, request.id)),
  };
}

/** Sends it. */
export function answerWithError(request: FastifyRequest, reply: FastifyReply, error: RcsError): void {
  const { status, headers, body } = errorAnswer(request, error);
  void reply.headers(headers).status(status).send(body);
}
