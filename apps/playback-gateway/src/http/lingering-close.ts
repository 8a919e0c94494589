import type { Socket } from 'node:net';

/** As long as nginx waits by default (lingering_timeout). */
const longestMs = 5000;

/**
 * Closes a connection on which somebody still sends in the order of RFC 9112 section 9.6: the answer, the end of what this
 * side sends, and only then, when the other side has closed or the time is over, the connection itself. Closed at once, TCP
 * would answer the rest of the body with a reset, and that takes the answer away before it was read.
 */
export function closeLingering(socket: Socket): void {
  // What the server of Node calls after the last answer on a connection; it reads and drops what still comes.
  socket.destroySoon = () => {
    const timer = setTimeout(() => socket.destroy(), longestMs);
    socket.once('close', () => clearTimeout(timer));
    socket.end();
  };
}
