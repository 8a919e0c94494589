import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Piece } from '#cms';
import { listenTo } from '#platform';
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
 * go through as they are, without a copy, and whole: those that reach into the next block wait for that. So at most one block
 * and one chunk are held back.
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
  /** Behind the last byte of all blocks that were found right. */
  private verifiedEnd: number;

  constructor(private readonly range: VerifiedRange) {
    super({ highWaterMark: contentTreeBlockBytes });
    const { start, end, stored, known } = range;
    let first = Math.floor(start / contentTreeBlockBytes);
    let last = Math.ceil(end / contentTreeBlockBytes);
    this.heldStart = first * contentTreeBlockBytes;
    for (let block = known(first); block !== undefined && first < last; block = known(++first)) this.handOn(block);
    for (let block = known(last - 1); block !== undefined && first < last; block = known(--last - 1))
      this.tail.unshift(block);
    this.position = first * contentTreeBlockBytes;
    this.verifiedEnd = this.position;
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
      onError: error => this.fail(error),
      onClose: () => {
        if (!upstream.readableEnded) this.fail(new Error('the stored file was closed while it was read'));
      },
    });
  }

  private receive(chunk: Piece): void {
    if (this.destroyed) return;
    this.held.push(chunk);
    for (let offset = 0; offset < chunk.length;) {
      const index = Math.floor(this.position / contentTreeBlockBytes);
      const blockEnd = Math.min((index + 1) * contentTreeBlockBytes, this.range.stored.size);
      const length = Math.min(blockEnd - this.position, chunk.length - offset);
      this.hash ??= createHash('sha256').update(leafPrefix);
      this.hash.update(length === chunk.length ? chunk : chunk.subarray(offset, offset + length));
      this.position += length;
      offset += length;
      if (this.position === blockEnd) this.endBlock(index, this.hash);
    }
    if (!this.release()) this.upstream?.pause();
  }

  private endBlock(index: number, hash: Hash): void {
    this.range.check(index, hash.digest());
    this.hash = undefined;
    this.verifiedEnd = this.position;
  }

  /** Hands on what all was found right of. @returns false when the reader has enough for now */
  private release(): boolean {
    let wantsMore = true;
    for (let [chunk] = this.held; chunk !== undefined; [chunk] = this.held) {
      if (this.heldStart + chunk.length > this.verifiedEnd) break;
      this.held.shift();
      wantsMore = this.handOn(chunk);
    }
    return wantsMore;
  }

  /** Hands on what was asked for of the next bytes, which were found right. */
  private handOn(piece: Buffer): boolean {
    const from = Math.max(0, this.range.start - this.heldStart);
    const to = Math.min(piece.length, this.range.end - this.heldStart);
    this.heldStart += piece.length;
    return from >= to || this.push(from === 0 && to === piece.length ? piece : piece.subarray(from, to));
  }

  private finish(): void {
    if (this.destroyed) return;
    for (const block of this.tail) this.handOn(block);
    this.push(null);
  }

  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** What was found right of the next chunk goes before the failure. */
  private fail(error: Error): void {
    if (this.destroyed) return;
    this.release();
    const [chunk] = this.held;
    const verified = this.verifiedEnd - this.heldStart;
    if (chunk !== undefined && verified > 0) this.handOn(chunk.subarray(0, verified));
    this.destroy(error);
  }
}
