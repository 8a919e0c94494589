import { createHash, hash, type Hash } from 'node:crypto';

/** Bytes of the stored file below one leaf; the last block may be shorter. */
export const contentTreeBlockBytes = 64 * 1024;
/** Of a leaf, and of the root. */
export const contentTreeHashBytes = 32;

/** The Merkle tree of a stored file (RFC 9162, 2.1.1, with SHA-256), over the bytes as they lie in the storage. */
export interface ContentTree {
  /** Of the stored file, in bytes. */
  readonly length: number;
  /** Lower-case hexadecimal. */
  readonly root: string;
  /** The hashes of the blocks, one behind the other. */
  readonly leaves: Buffer;
}

/** Hashed before the bytes of a block, so that no block can pass for a node. */
export const leafPrefix = Buffer.of(0x00);
const nodePrefix = Buffer.of(0x01);

/** Makes the tree of a file that passes by in pieces of any size; holds the leaves and nothing of the file. */
export class ContentTreeBuilder {
  private leaves = Buffer.alloc(64 * contentTreeHashBytes);
  private count = 0;
  private length = 0;
  private block: Hash | undefined;
  private inBlock = 0;

  update(chunk: Uint8Array): void {
    for (let position = 0; position < chunk.length;) {
      this.block ??= createHash('sha256').update(leafPrefix);
      const piece = chunk.subarray(position, position + contentTreeBlockBytes - this.inBlock);
      this.block.update(piece);
      position += piece.length;
      this.inBlock += piece.length;
      this.length += piece.length;
      if (this.inBlock === contentTreeBlockBytes) this.endBlock(this.block);
    }
  }

  finish(): ContentTree {
    if (this.block !== undefined) this.endBlock(this.block);
    const leaves = this.leaves.subarray(0, this.count * contentTreeHashBytes);
    return { length: this.length, root: rootOfLeaves(leaves), leaves };
  }

  private endBlock(block: Hash): void {
    const offset = this.count * contentTreeHashBytes;
    if (offset === this.leaves.length) this.leaves = Buffer.concat([this.leaves], 2 * offset);
    block.digest().copy(this.leaves, offset);
    this.count++;
    this.block = undefined;
    this.inBlock = 0;
  }
}

/** The leaf of one block. */
export function leafOfBlock(block: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, block]), 'buffer');
}

/** How many leaves a file of this length has. */
export const leafCount = (length: number): number => Math.ceil(length / contentTreeBlockBytes);

/**
 * The root above these leaves, lower-case hexadecimal; without leaves that of an empty file, the hash of nothing.
 * @throws RangeError unless they are whole.
 */
export const rootOfLeaves = (leaves: Uint8Array): string => rootOfHashes(leaves).toString('hex');

/** The root above leaves, or above the roots of perfect subtrees of one size of which the last may be smaller. */
export function rootOfHashes(hashes: Uint8Array): Buffer {
  if (hashes.length % contentTreeHashBytes !== 0) throw new RangeError(`${hashes.length} bytes are no leaves`);
  if (hashes.length === 0) return hash('sha256', Buffer.alloc(0), 'buffer');
  // Perfect subtrees from left to right, as of the binary digits of the number of leaves (RFC 9162, 2.1.2).
  const subtrees: Uint8Array[] = [];
  for (let index = 0; index * contentTreeHashBytes < hashes.length; index++) {
    let right: Uint8Array = hashes.subarray(index * contentTreeHashBytes, (index + 1) * contentTreeHashBytes);
    for (let digits = index; digits % 2 === 1; digits = (digits - 1) / 2) right = above(subtrees.pop(), right);
    subtrees.push(right);
  }
  let root = subtrees.pop();
  while (subtrees.length > 0 && root !== undefined) root = above(subtrees.pop(), root);
  return Buffer.from(root ?? []);
}

/** Where two nodes are put side by side to be hashed; what comes out is no part of it. */
const sideBySide = Buffer.concat([nodePrefix, Buffer.alloc(2 * contentTreeHashBytes)]);

function above(left: Uint8Array | undefined, right: Uint8Array): Buffer {
  if (left !== undefined) sideBySide.set(left, 1);
  sideBySide.set(right, 1 + contentTreeHashBytes);
  return hash('sha256', sideBySide, 'buffer');
}
