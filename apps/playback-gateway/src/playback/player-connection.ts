import type { ServerResponse } from 'node:http';
import { ReceiverGoneError } from '#platform';

/** The response to a player: knows when the player has left, and whether anything was sent yet. */
export class PlayerConnection {
  readonly signal: AbortSignal;
  /** When the playback began, nanoseconds of the monotonic clock. */
  readonly openedAt = process.hrtime.bigint();
  private sentBytes = 0;

  constructor(readonly response: ServerResponse) {
    const left = new AbortController();
    this.signal = left.signal;
    response.once('close', () => {
      if (!response.writableFinished) left.abort(new ReceiverGoneError('the player closed the connection'));
    });
  }

  get bytesSent(): number {
    return this.sentBytes;
  }

  get started(): boolean {
    return this.response.headersSent;
  }

  count(bytes: number): void {
    this.sentBytes += bytes;
  }

  /** Ends the connection without a proper end of the body, so that the player sees a failure, never a short success. */
  abort(): void {
    this.response.destroy();
  }
}
