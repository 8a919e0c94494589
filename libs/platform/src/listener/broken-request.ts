import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { problemContentType, toApiStatus, toProblemDetails } from '../errors/error-answer.js';
import type { ErrorCode } from '../errors/error-registry.js';
import { RcsError } from '../errors/rcs-error.js';
import type { Logger } from '../logging/logger.js';
import { securityHeaders } from './answer-headers.js';
import { isTurnToAnswer, unansweredRequest } from './open-answers.js';

/** What Node's parser found wrong, as one of our errors; anything else is a request that cannot be read. */
const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'RCS_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'RCS_REQUEST_TIMEOUT',
};

interface ParserError extends NodeJS.ErrnoException {
  /** What it read: a buffer. */
  readonly rawPacket?: unknown;
}

/** Time for the refusal to reach the client, milliseconds. */
const lastBytesMs = 2000;

/** The form of an error: its media type and its body. */
export interface ErrorForm {
  readonly contentType: string;
  readonly body: (error: RcsError, requestId: string) => object;
}

/** The form of the API where no other is told. */
export const apiStatusForm: ErrorForm = { contentType: 'application/json; charset=utf-8', body: toApiStatus };
/** A problem document (RFC 9457). */
export const problemForm: ErrorForm = { contentType: problemContentType, body: toProblemDetails };

/**
 * Answers what is no HTTP request, before there is a request to handle: it is refused and the connection closed, because
 * where the next request would begin is not known (RFC 9112 section 9.6). Where another answer is under way on the
 * connection nothing is written: it would be read as a part of that one.
 * @param formOf the form of the answer, by the request of which only the end is missing, where that is so
 */
export function answerBrokenRequest(
  logger: Logger,
  formOf: (request: IncomingMessage | undefined) => ErrorForm = () => apiStatusForm,
): (error: ParserError, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) {
      socket.destroy();
      return;
    }
    const requestId = randomUUID();
    logger.info({ requestId, cause: error.code, address: socket.remoteAddress }, 'a request could not be read');
    // Before TLS nothing can be said: what is written would never leave, and the connection with it.
    if (!socket.writable || /^ERR_(TLS|SSL)_/.test(error.code ?? '') || !isTurnToAnswer(socket)) {
      socket.destroy();
      return;
    }
    const form = formOf(unansweredRequest(socket));
    socket.end(answerText(refusalOf(error), requestId, form, socket instanceof TLSSocket));
    // The client need not close its side.
    setTimeout(() => socket.destroy(), lastBytesMs).unref();
  };
}

/** A request line with some word for a method (RFC 9112 section 3): what is no request at all begins otherwise. */
const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\s]+ HTTP\/1\.[01]\r?\n/;
const longestRequestLine = 8192;

/** Node's parser stops at a method that it does not know: 501 (RFC 9110 section 9.1). */
const isUnknownMethod = ({ code, rawPacket }: ParserError): boolean =>
  code === 'HPE_INVALID_METHOD' &&
  Buffer.isBuffer(rawPacket) &&
  requestLine.test(rawPacket.toString('latin1', 0, longestRequestLine));

function refusalOf(error: ParserError): RcsError {
  if (isUnknownMethod(error)) return new RcsError('RCS_METHOD_NOT_IMPLEMENTED');
  const known = codes[error.code ?? ''];
  if (known !== undefined) return new RcsError(known);
  return new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'the request cannot be read' });
}

function answerText(error: RcsError, requestId: string, form: ErrorForm, overTls: boolean): string {
  const { http } = error.definition;
  const body = JSON.stringify(form.body(error, requestId));
  const fields = {
    ...securityHeaders(requestId, overTls),
    'content-type': form.contentType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${http} ${STATUS_CODES[http] ?? ''}`, ...lines, '', body].join('\r\n');
}
