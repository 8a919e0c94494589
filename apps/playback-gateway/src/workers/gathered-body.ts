import type { Readable } from 'node:stream';
import { listenTo } from '#platform';
import type { Piece } from '#spent-memory';
import { joinedPieces } from './joined-pieces.js';

/** What is waited for before anybody is woken: where the work that each time costs stops to matter. */
const gatheredBytes = 256 * 1024;
/** A slow source is not waited for longer than this. */
const gatherMs = 50;

/**
 * The bytes of a body, some 256 KiB at once, which are gathered while those before them are worked on; less comes at the end,
 * and where the source is slow (`joinedPieces`). Leaving it ends the body.
 * @throws what the body fails with, behind all that came before
 */
export async function* gatheredBody(body: Readable): AsyncGenerator<Piece, void> {
  const gathered = new GatheredBody(body);
  try {
    for (let pieces = await gathered.next(); pieces !== undefined; pieces = await gathered.next()) yield* pieces;
  } finally {
    gathered.leave();
  }
}

class GatheredBody {
  private chunks: Piece[] = [];
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
  async next(): Promise<Iterable<Piece> | undefined> {
    if (this.length < gatheredBytes && !this.isOver) await this.enough();
    const { chunks, length } = this;
    if (length > 0) {
      [this.chunks, this.length] = [[], 0];
      if (!this.isOver) this.body.resume();
      return joinedPieces(chunks);
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
        if (this.length < gatheredBytes && !this.isOver && !(isLate && this.length > 0)) return;
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }

  private take(chunk: Piece): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length >= gatheredBytes) this.body.pause();
    this.wake?.();
  }

  private end(failure?: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.failure = failure;
    this.wake?.();
  }
}
