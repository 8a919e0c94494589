import type { Socket } from 'node:net';

/** As nginx by default: so long without a byte (lingering_timeout), and so long in all (lingering_time). */
const longestSilenceMs = 5000;
const longestMs = 30_000;

/**
 * Closes a connection on which somebody still sends in the order of RFC 9112 section 9.6: the answer, the end of what this
 * side sends, and only then, when the other side has closed, is silent or goes on for too long, the connection itself.
 * Closed at once, TCP would answer the rest of the body with a reset, and that takes the answer away before it was read.
 */
export function closeLingering(socket: Socket): void {
  // What the server of Node calls after the last answer on a connection; it reads and drops what still comes.
  socket.destroySoon = () => {
    const end = performance.now() + longestMs;
    let bytesRead = socket.bytesRead;
    const look = (): void => {
      if (socket.bytesRead === bytesRead || performance.now() >= end) {
        socket.destroy();
        return;
      }
      bytesRead = socket.bytesRead;
      timer = setTimeout(look, longestSilenceMs);
    };
    let timer = setTimeout(look, longestSilenceMs);
    socket.once('close', () => clearTimeout(timer));
    socket.end();
  };
}
