import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, RcsError, ReceiverGoneError, toRcsError, type Logger } from '#platform';
import { answerWithError } from './error-answer.js';

/** The one place where an error becomes an HTTP answer: what callers may know goes out, the cause goes to the log. */
@Catch()
export class ErrorFilter implements ExceptionFilter<unknown> {
  constructor(
    private readonly logger: Logger,
    private readonly answered: (error: RcsError, request: FastifyRequest) => void = () => undefined,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (thrown instanceof ReceiverGoneError) {
      this.logger.debug({ requestId: request.id, cause: thrown.message }, 'nobody waits for the answer');
      reply.raw.destroy();
      return;
    }
    const error = fromFramework(thrown);
    this.answered(error, request);
    const level = error.definition.http >= 500 ? 'error' : 'info';
    this.logger[level]({ requestId: request.id, code: error.code, error: describeError(error) }, 'request failed');
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    answerWithError(request, reply, error);
  }
}

/** Nest and Fastify have errors of their own for unknown routes, bodies too large and the like. */
export function fromFramework(thrown: unknown): RcsError {
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (thrown instanceof RcsError || typeof status !== 'number') return toRcsError(thrown);
  const cause = { cause: thrown };
  switch (status) {
    case 404:
      return new RcsError('RCS_NOT_FOUND', undefined, cause);
    case 405:
      return new RcsError('RCS_METHOD_NOT_ALLOWED', undefined, cause);
    case 413:
      return new RcsError('RCS_PAYLOAD_TOO_LARGE', undefined, cause);
    case 431:
      return new RcsError('RCS_HEADERS_TOO_LARGE', undefined, cause);
    case 415:
      return new RcsError('RCS_UNSUPPORTED_MEDIA_TYPE', undefined, cause);
    default:
      return status < 500
        ? new RcsError('RCS_INVALID_VALUE', undefined, { ...cause, publicDetail: 'the request cannot be read' })
        : toRcsError(thrown);
  }
}
