import type { Server } from 'node:http';

/** A connection that has become idle waits this long for its end. */
const sweepIntervalMs = 200;

/**
 * Closes an HTTP server without cutting an answer: `close` stops it from listening and resolves when no connection is
 * left. Connections are closed as soon as they are idle, for keep-alive would hold the end up; at the deadline all are.
 */
export async function closeServer(server: Server, deadline: AbortSignal, close: () => Promise<void>): Promise<void> {
  const cut = (): void => server.closeAllConnections();
  const sweep = setInterval(() => server.closeIdleConnections(), sweepIntervalMs);
  const closed = close();
  server.closeIdleConnections();
  if (deadline.aborted) cut();
  deadline.addEventListener('abort', cut, { once: true });
  try {
    await closed;
  } finally {
    clearInterval(sweep);
    deadline.removeEventListener('abort', cut);
  }
}
