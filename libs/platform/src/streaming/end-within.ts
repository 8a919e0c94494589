import type { Writable } from 'node:stream';
import { ReceiverGoneError } from './receiver-gone.js';
import { whenNothingIsTaken } from './when-nothing-is-taken.js';

/**
 * Ends a response and waits until its last bytes are handed to the system: a receiver that stops reading right before
 * the end must not hold the connection without end.
 * @throws ReceiverGoneError when the receiver left or took nothing for `timeoutMs`.
 */
export async function endWithin(receiver: Writable, timeoutMs: number): Promise<void> {
  const finished = heardWithin(receiver, 'finish', timeoutMs);
  if (!receiver.destroyed) receiver.end();
  await finished;
}

/**
 * Waits until a receiver has taken what was written to it.
 * @throws ReceiverGoneError when the receiver left or took nothing for `timeoutMs`.
 */
export async function drainedWithin(receiver: Writable, timeoutMs: number): Promise<void> {
  if (receiver.destroyed || receiver.writableNeedDrain) await heardWithin(receiver, 'drain', timeoutMs);
}

function heardWithin(receiver: Writable, event: 'finish' | 'drain', timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      stopWatching();
      receiver.off(event, onEvent).off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onEvent = (): void => settle();
    const onClose = (): void => settle(new ReceiverGoneError('the receiver closed the connection'));
    const nothingTaken = (): void => settle(new ReceiverGoneError('the receiver takes no data'));
    const stopWatching = whenNothingIsTaken(receiver, timeoutMs, nothingTaken);
    if (receiver.destroyed) return onClose();
    receiver.once(event, onEvent).once('close', onClose);
  });
}
