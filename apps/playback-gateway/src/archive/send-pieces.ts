import type { ServerResponse } from 'node:http';
import { drainedWithin, endWithin, ReceiverGoneError } from '#platform';
import { spend, type Piece } from '#spent-memory';

/** Bytes that may wait for the receiver: some pieces, so that it has something to take while the next one is made. */
const mostOutstanding = 512 * 1024;

/**
 * Sends what comes, as fast as the receiver takes it, and ends the response. Nothing is kept but 512 KiB and the piece at hand.
 * A piece that can be disposed of is disposed of when the connection has taken it.
 * @throws ReceiverGoneError when the receiver left or took nothing for `idleTimeoutMs`, or whatever the pieces fail with;
 * the response is left as it is then.
 */
export async function sendPieces(
  pieces: AsyncIterable<Piece>,
  receiver: ServerResponse,
  idleTimeoutMs: number,
): Promise<void> {
  for await (const piece of pieces) {
    if (receiver.destroyed) throw new ReceiverGoneError('the receiver closed the connection');
    const took = receiver.write(piece, error => {
      if (!error) spend(piece);
    });
    if (!took && receiver.writableLength >= mostOutstanding) await drainedWithin(receiver, idleTimeoutMs);
  }
  await endWithin(receiver, idleTimeoutMs);
}
