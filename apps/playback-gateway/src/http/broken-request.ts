import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { requestIdHeader, toApiStatus, RcsError, type ErrorCode, type Logger } from '#platform';

/** What Node's parser found wrong, as one of our errors; anything else is a request that cannot be read. */
const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'RCS_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'RCS_REQUEST_TIMEOUT',
};

/** Time for the refusal to reach the client, milliseconds. */
const lastBytesMs = 2000;

/**
 * Answers what is no HTTP request, before there is a request to handle: it is refused and the connection closed, because
 * where the next request would begin is not known (RFC 9112 section 9.6).
 */
export function answerBrokenRequest(logger: Logger): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const requestId = randomUUID();
    logger.info({ requestId, cause: error.code, address: socket.remoteAddress }, 'a request could not be read');
    // Before TLS nothing can be said: what is written would never leave, and the connection with it.
    if (!socket.writable || /^ERR_(TLS|SSL)_/.test(error.code ?? '')) {
      socket.destroy();
      return;
    }
    socket.end(answerText(refusalOf(error), requestId));
    // The client need not close its side.
    setTimeout(() => socket.destroy(), lastBytesMs).unref();
  };
}

function refusalOf({ code = '' }: NodeJS.ErrnoException): RcsError {
  const known = codes[code];
  if (known !== undefined) return new RcsError(known);
  return new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'the request cannot be read' });
}

function answerText(error: RcsError, requestId: string): string {
  const body = JSON.stringify(toApiStatus(error));
  return [
    `HTTP/1.1 ${error.definition.http} ${STATUS_CODES[error.definition.http] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: private, no-store',
    'x-content-type-options: nosniff',
    `${requestIdHeader}: ${requestId}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
