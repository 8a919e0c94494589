import { Readable } from 'node:stream';

/** Where a body comes from. */
export interface BodyOrigin {
  /** More of it is wanted. */
  wanted(): void;
  /** Nobody reads it any more; also told at its end. */
  left(body: AnswerBody): void;
}

/** The body of a worker's answer, which ends after exactly as many bytes as its head named, or fails. */
export class AnswerBody extends Readable {
  /** @param waitingBytes that may lie here until the connection is read no further */
  constructor(
    private readonly origin: BodyOrigin,
    waitingBytes: number,
  ) {
    super({ highWaterMark: waitingBytes });
    // One that breaks off while nobody reads it is found broken by who reads it next.
    this.on('error', ignore);
  }

  override _read(): void {
    this.origin.wanted();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.origin.left(this);
    done(error);
  }
}

function ignore(): void {
  return;
}
