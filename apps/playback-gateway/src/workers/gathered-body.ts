import type { Readable } from 'node:stream';
import { listenTo } from '#platform';

/** Where the work that each piece costs stops to matter. */
const pieceBytes = 256 * 1024;
/** A slow source is not waited for longer than this. */
const gatherMs = 50;

/**
 * The bytes of a body in pieces of about 256 KiB, which are gathered while those before them are worked on; a short piece
 * comes at the end, and where the source is slow. Leaving it ends the body.
 * @throws what the body fails with, behind all that came before
 */
export async function* gatheredBody(body: Readable): AsyncGenerator<Buffer, void> {
  const gathered = new GatheredBody(body);
  try {
    for (let piece = await gathered.next(); piece !== undefined; piece = await gathered.next()) yield piece;
  } finally {
    gathered.leave();
  }
}

class GatheredBody {
  private chunks: Buffer[] = [];
  private length = 0;
  private isOver = false;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;
  private readonly stopListening: () => void;

  constructor(private readonly body: Readable) {
    this.stopListening = listenTo(body, {
      onData: chunk => this.take(chunk),
      onEnd: () => this.end(),
      onError: error => this.end(error),
      onClose: () => this.end(new Error('the body was closed before its end')),
    });
    if (body.readableEnded) this.end();
    else if (body.destroyed) this.end(body.errored ?? new Error('the body was closed before it was read'));
  }

  /** undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    if (this.length < pieceBytes && !this.isOver) await this.enough();
    const { chunks, length } = this;
    if (length > 0) {
      [this.chunks, this.length] = [[], 0];
      if (!this.isOver) this.body.resume();
      const [only] = chunks;
      return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, length);
    }
    if (this.failure !== undefined) throw this.failure;
    return undefined;
  }

  leave(): void {
    this.stopListening();
    if (this.isOver) return;
    this.body.on('error', () => undefined);
    this.body.destroy();
  }

  /** Until there is a whole piece, or something when that took long. */
  private enough(): Promise<void> {
    return new Promise(resolve => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        this.wake?.();
      }, gatherMs);
      this.wake = () => {
        if (this.length < pieceBytes && !this.isOver && !(isLate && this.length > 0)) return;
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length >= pieceBytes) this.body.pause();
    this.wake?.();
  }

  private end(failure?: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.failure = failure;
    this.wake?.();
  }
}
