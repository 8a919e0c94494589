import type { ServerResponse } from 'node:http';
import { drainedWithin, endWithin, ReceiverGoneError } from '#platform';

/** Bytes that may wait for the receiver: some pieces, so that it has something to take while the next one is made. */
const mostOutstanding = 512 * 1024;

/**
 * Sends what comes, as fast as the receiver takes it, and ends the response. Nothing is kept but 512 KiB and the piece at hand.
 * @throws ReceiverGoneError when the receiver left or took nothing for `idleTimeoutMs`, or whatever the pieces fail with;
 * the response is left as it is then.
 */
export async function sendPieces(
  pieces: AsyncIterable<Buffer>,
  receiver: ServerResponse,
  idleTimeoutMs: number,
): Promise<void> {
  for await (const piece of pieces) {
    if (receiver.destroyed) throw new ReceiverGoneError('the receiver closed the connection');
    const took = receiver.write(piece);
    if (!took && receiver.writableLength >= mostOutstanding) await drainedWithin(receiver, idleTimeoutMs);
  }
  await endWithin(receiver, idleTimeoutMs);
}
