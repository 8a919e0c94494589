import type { Readable, Writable } from 'node:stream';
import { RcsError } from '../errors/rcs-error.js';
import { listenTo } from './listen-to.js';
import { ReceiverGoneError, ReceiverStalledError } from './receiver-gone.js';
import { whenNothingIsTaken } from './when-nothing-is-taken.js';

export interface SendOptions {
  /** Bytes the source must give; one less or more is an error. */
  readonly length: number;
  /** The longest time the receiver may take no byte, milliseconds. */
  readonly receiverIdleTimeoutMs: number;
  /**
   * After so long without a byte taken the source is given up, where it has more, and only the receiver is waited for. Unless
   * told the source is kept all the time.
   */
  readonly letGoAfterMs?: number;
  readonly onBytes?: (count: number) => void;
  /**
   * Bytes that may wait for the receiver before the source is paused, where throughput counts more than memory: as soon as
   * the receiver asks for that when absent. What comes at once is then also written at once.
   */
  readonly outstandingBytes?: number;
  /**
   * Whether the receiver keeps nothing of a piece once it has called back, as a connection does: a piece that can be disposed
   * of is disposed of then.
   */
  readonly disposes?: boolean;
  /**
   * Of each write, for a receiver that takes little: no more than one of them waits for it, in memory of its own, whatever the
   * receiver asks for. Chunks are written as they come unless told.
   */
  readonly pieceBytes?: number;
  /** What becomes of the source after a failure; it is destroyed unless told. */
  readonly giveUp?: (source: Readable, restBytes: number) => void;
}

/**
 * Sends a source into a response without ending it: back-pressure in both directions, nothing kept but the chunk at
 * hand. Resolves when the receiver has taken exactly `length` bytes, not only kept them: Node takes the connection of a
 * response that has been ended for idle, and closes it with its server, whatever the response has left to send.
 * @throws ReceiverGoneError when the receiver closed or took nothing for too long, ReceiverStalledError when it takes more and
 * the source was let go meanwhile, RcsError when the source was short or long, or whatever the source failed with. The source is given up in each case; the
 * receiver is left to the caller.
 */
export function sendStream(source: Readable, receiver: Writable, options: SendOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let ended = false;
    let taken = options.length === 0;
    let stopWaiting = (): void => undefined;
    let isCorked = false;
    let isGivenUp = false;
    let isFinished = false;
    let stopListening = (): void => undefined;
    const { outstandingBytes, disposes = false, pieceBytes } = options;
    /** Handed to the receiver, which calls back for one after the other. */
    const handed: Partial<Disposable>[] = [];

    const corkForNow = (): void => {
      if (isCorked) return;
      isCorked = true;
      receiver.cork();
      process.nextTick(() => {
        isCorked = false;
        receiver.uncork();
      });
    };
    const onData = (chunk: Buffer): void => {
      if (pieceBytes === undefined) return send(chunk);
      send(ownCopy(chunk.subarray(0, pieceBytes)));
      if (chunk.length > pieceBytes && !isFinished) source.unshift(chunk.subarray(pieceBytes));
    };
    const send = (chunk: Buffer): void => {
      sent += chunk.length;
      if (sent > options.length)
        return finish(new RcsError('RCS_INTERNAL', `the source gives more than ${options.length} bytes`));
      options.onBytes?.(chunk.length);
      const isLast = sent === options.length;
      if (outstandingBytes !== undefined) corkForNow();
      if (disposes && pieceBytes === undefined) handed.push(chunk as Partial<Disposable>);
      const onChunkTaken = pieceBytes !== undefined ? onDrain : disposes ? onPiece : undefined;
      const tookIt = receiver.write(chunk, isLast ? onTaken : onChunkTaken);
      const isEnough = pieceBytes !== undefined || (!tookIt && receiver.writableLength >= (outstandingBytes ?? 0));
      if (isEnough && !isLast) source.pause();
      else if (!isLast) return;
      stopWaiting();
      stopWaiting = waitForReceiver(isLast);
    };
    const waitForReceiver = (forLast: boolean): (() => void) => {
      const { letGoAfterMs, receiverIdleTimeoutMs } = options;
      const gone = (): void => finish(new ReceiverGoneError('the receiver takes no data'));
      if (forLast || letGoAfterMs === undefined || letGoAfterMs >= receiverIdleTimeoutMs)
        return whenNothingIsTaken(receiver, receiverIdleTimeoutMs, gone);
      const letGo = (): void => {
        stopListening();
        giveUp();
        stopWaiting = whenNothingIsTaken(receiver, receiverIdleTimeoutMs - letGoAfterMs, gone);
      };
      const timer = setTimeout(letGo, letGoAfterMs);
      return () => clearTimeout(timer);
    };
    const onDrain = (): void => {
      if (isFinished) return;
      stopWaiting();
      if (isGivenUp) finish(new ReceiverStalledError('the receiver took no data for a while'));
      else source.resume();
    };
    const onPiece = (error?: Error | null): void => {
      const piece = handed.shift();
      if (!error) piece?.[Symbol.dispose]?.();
    };
    const onTaken = (error?: Error | null): void => {
      if (disposes) onPiece(error);
      if (error) return onReceiverClose();
      stopWaiting();
      taken = true;
      if (ended) finish();
    };
    const onEnd = (): void => {
      if (sent !== options.length)
        return finish(new RcsError('RCS_INTERNAL', `the source ended after ${sent} of ${options.length} bytes`));
      ended = true;
      if (taken) finish();
    };
    const onSourceClose = (): void => {
      if (!ended) finish(new RcsError('RCS_INTERNAL', `the source closed after ${sent} bytes`));
    };
    const onReceiverClose = (): void => finish(new ReceiverGoneError('the receiver closed the connection'));
    const finish = (error?: Error): void => {
      isFinished = true;
      stopWaiting();
      stopListening();
      receiver.off('drain', onDrain).off('close', onReceiverClose).off('error', onReceiverClose);
      if (error === undefined) return resolve();
      if (!isGivenUp) giveUp();
      reject(error);
    };
    const giveUp = (): void => {
      isGivenUp = true;
      source.on('error', ignoreLateError);
      if (options.giveUp === undefined) source.destroy();
      else options.giveUp(source, options.length - sent);
    };

    if (receiver.destroyed || receiver.closed)
      return finish(new ReceiverGoneError('the receiver closed the connection'));
    if (source.readableEnded) return onEnd();
    if (source.destroyed)
      return finish(source.errored ?? new RcsError('RCS_INTERNAL', 'the source was closed before it was sent'));
    receiver.on('drain', onDrain).on('close', onReceiverClose).on('error', onReceiverClose);
    stopListening = listenTo(source, { onData, onEnd, onError: finish, onClose: onSourceClose });
  });
}

/** Shares no memory with anything, the pool of small buffers included. */
function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** After the outcome is known a destroyed source may still report its own end; nobody needs to hear it twice. */
function ignoreLateError(): void {
  return;
}
