import type { Readable } from 'node:stream';

/**
 * A rest as short as this is read and thrown away: most of it is in buffers of the system already. Other connections, to the
 * worker and from it to the storage, would cost their handshakes at the moment when a player that seeks waits for its answer.
 */
export const drainedBytes = 1024 * 1024;
/** And no longer than this. */
const drainMs = 1000;

/**
 * Takes no more of a worker's answer. Players that look for an index leave answer after answer.
 * @param restBytes what of the body has not been read yet
 */
export function giveUpBody(body: Readable, restBytes: number): void {
  body.on('error', () => undefined);
  if (body.destroyed || body.readableEnded) return;
  if (restBytes < 0 || restBytes > drainedBytes) {
    body.destroy();
    return;
  }
  const timer = setTimeout(() => body.destroy(), drainMs).unref();
  body.once('close', () => clearTimeout(timer));
  body.resume();
}
