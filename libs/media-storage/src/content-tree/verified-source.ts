import { Readable } from 'node:stream';
import type { ByteSource } from '#cms';
import { RcsError } from '#platform';
import { checkStoredRange, type StoredObject } from '../stored-object.js';
import { contentTreeBlockBytes, leafCount, leafOfBlock } from './content-tree.js';
import type { KnownLeaves, PinnedContent } from './known-leaves.js';
import { VerifiedStream } from './verified-stream.js';

/** Blocks that were read ahead of a stream and may be what it begins or ends with. */
const maximumKeptBlocks = 4;

/**
 * A stored file whose bytes are checked against its content tree: nothing that is read from here was changed since the
 * tree was made. It is read in whole blocks; those that are read in advance are kept until a stream has used them.
 */
export class VerifiedSource implements ByteSource {
  readonly size: number;
  private kept = new Map<number, Buffer>();
  private opening = true;

  /** @throws RcsError RCS_CONTENT_CHANGED for a file of another length. */
  constructor(
    private readonly stored: StoredObject,
    private readonly leaves: KnownLeaves,
  ) {
    checkLength(stored, leaves.length);
    this.size = leaves.length;
  }

  /** Takes more leaves of its tree. @throws RcsError RCS_INVALID_VALUE for leaves of another tree. */
  learn(leaves: PinnedContent['leaves']): void {
    this.leaves.learn(leaves);
  }

  /** @throws MissingPartsError unless all leaves are known. */
  requireAll(): void {
    this.leaves.requireAll();
  }

  /** Whoever opens the file has read what they need of its ends: from now on only the next stream may want it again. */
  opened(): void {
    this.opening = false;
    this.stored.release?.();
  }

  /** @throws MissingPartsError where leaves of the range are not known, as `stream` does. */
  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkStoredRange(start, end, this.size);
    if (start === end) return Buffer.alloc(0);
    this.leaves.require([start, end]);
    const first = Math.floor(start / contentTreeBlockBytes);
    const blocks = await this.blocks(first, leafCount(end), signal);
    const from = first * contentTreeBlockBytes;
    const [only] = blocks;
    const bytes = only !== undefined && blocks.length === 1 ? only : Buffer.concat(blocks);
    return bytes.subarray(start - from, end - from);
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkStoredRange(start, end, this.size);
    if (start === end) return Readable.from([]);
    this.leaves.require([start, end]);
    const { kept } = this;
    if (!this.opening) this.kept = new Map();
    return new VerifiedStream({
      stored: this.stored,
      start,
      end,
      known: index => kept.get(index),
      check: (index, leaf) => this.leaves.check(index, leaf),
      signal,
    });
  }

  /** Blocks [first, last), verified. */
  private async blocks(first: number, last: number, signal: AbortSignal): Promise<Buffer[]> {
    const indices = Array.from({ length: last - first }, (_, number) => first + number);
    const known = indices.flatMap(index => this.kept.get(index) ?? []);
    if (known.length === indices.length) return known;
    const from = first * contentTreeBlockBytes;
    const bytes = await this.stored.read(from, Math.min(this.size, last * contentTreeBlockBytes), signal);
    return indices.map(index => {
      const block = bytes.subarray(index * contentTreeBlockBytes - from, (index + 1) * contentTreeBlockBytes - from);
      this.leaves.check(index, leafOfBlock(block));
      this.keep(index, block);
      return block;
    });
  }

  private keep(index: number, block: Buffer): void {
    this.kept.delete(index);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= maximumKeptBlocks && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(index, block);
  }
}

/** @throws RcsError RCS_CONTENT_CHANGED for a stored file of another length than was pinned. */
export function checkLength(stored: StoredObject, length: number): void {
  if (stored.size === length) return;
  throw new RcsError('RCS_CONTENT_CHANGED', `the stored file has ${stored.size} bytes, ${length} were recorded`);
}
