import type { ServerResponse } from 'node:http';
import { endWithin, ReceiverGoneError } from '#platform';

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
    if (!took && receiver.writableLength >= mostOutstanding) await drained(receiver, idleTimeoutMs);
  }
  await endWithin(receiver, idleTimeoutMs);
}

function drained(receiver: ServerResponse, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      receiver.off('drain', onDrain).off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onDrain = (): void => settle();
    const onClose = (): void => settle(new ReceiverGoneError('the receiver closed the connection'));
    const timer = setTimeout(() => settle(new ReceiverGoneError('the receiver takes no data')), timeoutMs);
    receiver.once('drain', onDrain).once('close', onClose);
  });
}
