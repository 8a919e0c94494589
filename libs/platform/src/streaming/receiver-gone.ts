import type { Writable } from 'node:stream';

/** The other side of the connection left; nobody is there to hear an error. */
export class ReceiverGoneError extends Error {
  override readonly name = 'ReceiverGoneError';
}

/** The other side took no byte for a while, and the rest of what was to be sent was let go; now it takes more. */
export class ReceiverStalledError extends Error {
  override readonly name = 'ReceiverStalledError';
}

/** Aborts, with a ReceiverGoneError, when `who` closes the connection before the answer has been written. */
export function receiverGoneSignal(response: Writable, who: string): AbortSignal {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort(new ReceiverGoneError(`${who} closed the connection`));
  });
  return left.signal;
}
