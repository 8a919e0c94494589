import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { listenTo } from '#platform';
import { partOf, type Piece } from '#spent-memory';
import type { StoredObject } from '../stored-object.js';
import { contentTreeBlockBytes, leafPrefix } from './content-tree.js';

export interface VerifiedRange {
  readonly stored: StoredObject;
  readonly start: number;
  readonly end: number;
  /** A block that was read and verified before. */
  readonly known: (index: number) => Buffer | undefined;
  /** @throws RcsError if this is not the leaf of the block. */
  readonly check: (index: number, leaf: Buffer) => void;
  readonly signal: AbortSignal;
}

/**
 * Bytes [start, end) of a stored file, each handed on when the whole block it lies in has come and was found right. Chunks
 * go through as they are, without a copy; at most one block of them is held back.
 */
export class VerifiedStream extends Readable {
  private upstream: Readable | undefined;
  private started = false;
  /** Next stored byte that comes, and the one behind the last. */
  private position: number;
  private readonly upstreamEnd: number;
  private readonly tail: Buffer[] = [];
  private hash: Hash | undefined;
  private held: Piece[] = [];
  private heldStart: number;

  constructor(private readonly range: VerifiedRange) {
    super({ highWaterMark: contentTreeBlockBytes });
    const { start, end, stored, known } = range;
    let first = Math.floor(start / contentTreeBlockBytes);
    let last = Math.ceil(end / contentTreeBlockBytes);
    this.heldStart = first * contentTreeBlockBytes;
    for (let block = known(first); block !== undefined && first < last; block = known(++first)) this.release(block);
    for (let block = known(last - 1); block !== undefined && first < last; block = known(--last - 1))
      this.tail.unshift(block);
    this.position = first * contentTreeBlockBytes;
    this.upstreamEnd = Math.min(last * contentTreeBlockBytes, stored.size);
  }

  override _read(): void {
    if (this.started) {
      this.upstream?.resume();
      return;
    }
    this.started = true;
    if (this.position >= this.upstreamEnd) this.finish();
    else this.connect();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.held = [];
    if (this.upstream?.readableEnded === false) this.upstream.destroy();
    callback(error);
  }

  private connect(): void {
    const upstream = this.range.stored.stream(this.position, this.upstreamEnd, this.range.signal);
    this.upstream = upstream;
    listenTo(upstream, {
      onData: (chunk: Piece) => this.guard(() => this.receive(chunk)),
      onEnd: () => this.guard(() => this.finish()),
      onError: error => this.destroy(error),
      onClose: () => {
        if (!upstream.readableEnded) this.destroy(new Error('the stored file was closed while it was read'));
      },
    });
  }

  private receive(chunk: Piece): void {
    if (this.destroyed) return;
    let wantsMore = true;
    for (let offset = 0; offset < chunk.length;) {
      const index = Math.floor(this.position / contentTreeBlockBytes);
      const blockEnd = Math.min((index + 1) * contentTreeBlockBytes, this.range.stored.size);
      const length = Math.min(blockEnd - this.position, chunk.length - offset);
      const piece = partOf(chunk, offset, offset + length);
      this.hash ??= createHash('sha256').update(leafPrefix);
      this.hash.update(piece);
      this.held.push(piece);
      this.position += length;
      offset += length;
      if (this.position === blockEnd) wantsMore = this.endBlock(index, this.hash);
    }
    if (!wantsMore) this.upstream?.pause();
  }

  /** @returns false when the reader has enough for now. */
  private endBlock(index: number, hash: Hash): boolean {
    this.range.check(index, hash.digest());
    this.hash = undefined;
    const { held } = this;
    this.held = [];
    let wantsMore = true;
    for (const piece of held) wantsMore = this.release(piece);
    return wantsMore;
  }

  /** Hands on what was asked for of the next verified bytes. */
  private release(piece: Buffer): boolean {
    const from = Math.max(0, this.range.start - this.heldStart);
    const to = Math.min(piece.length, this.range.end - this.heldStart);
    this.heldStart += piece.length;
    return from >= to || this.push(from === 0 && to === piece.length ? piece : piece.subarray(from, to));
  }

  private finish(): void {
    if (this.destroyed) return;
    for (const block of this.tail) this.release(block);
    this.push(null);
  }

  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
