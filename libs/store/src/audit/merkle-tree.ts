import { hash } from 'node:crypto';

const leafPrefix = Buffer.of(0x00);
const nodePrefix = Buffer.of(0x01);

/** A leaf of the tree over a chain (RFC 9162, 2.1.1, SHA-256): its content is the 32 bytes of the record's hash. */
export function leafOfRecord(recordHash: string): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, Buffer.from(recordHash, 'hex')]), 'buffer');
}

/** The node above two others. */
export function nodeAbove(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodePrefix, left, right]), 'buffer');
}

/** The root of a tree without leaves: the hash of nothing. */
export const emptyRoot: Buffer = hash('sha256', Buffer.alloc(0), 'buffer');

/** The largest power of two below `count`, which is at least 2: where a tree is split (RFC 9162, 2.1.1). */
export function splitOf(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** A tree that grows leaf by leaf and keeps one node per binary digit of its size. */
export class GrowingTree {
  private readonly subtrees: Buffer[];

  /** @param subtrees those above the first `leaves` leaves, as `nodes` gave them. */
  constructor(
    private leaves = 0,
    subtrees: readonly Buffer[] = [],
  ) {
    this.subtrees = [...subtrees];
  }

  /** The nodes above the perfect subtrees of which it consists, from left to right. */
  get nodes(): readonly Buffer[] {
    return this.subtrees;
  }

  get size(): number {
    return this.leaves;
  }

  add(leaf: Buffer): void {
    let right = leaf;
    // Perfect subtrees of equal size become one.
    for (let digits = this.leaves; digits % 2 === 1; digits = (digits - 1) / 2) {
      right = nodeAbove(this.subtrees.pop() ?? emptyRoot, right);
    }
    this.subtrees.push(right);
    this.leaves += 1;
  }

  /** The root over the leaves so far. */
  root(): Buffer {
    return foldSubtrees(this.subtrees);
  }
}

/** The root above perfect subtrees, given from left to right. */
export function foldSubtrees(subtrees: readonly Buffer[]): Buffer {
  return (
    subtrees.reduceRight<Buffer | undefined>(
      (right, left) => (right === undefined ? left : nodeAbove(left, right)),
      undefined,
    ) ?? emptyRoot
  );
}

/** Where the perfect subtrees of a tree of `size` leaves begin and how many leaves they have, from left to right. */
export function perfectSubtrees(size: number): readonly { readonly start: number; readonly count: number }[] {
  const subtrees: { start: number; count: number }[] = [];
  for (let start = 0; start < size;) {
    const count = 2 ** Math.floor(Math.log2(size - start));
    subtrees.push({ start, count });
    start += count;
  }
  return subtrees;
}

/**
 * The root that an inclusion proof leads to (RFC 9162, 2.1.3.2): the leaf of number `index` in a tree of `size` leaves,
 * and the nodes beside the way up, the lowest first.
 * @returns undefined when the proof has not the form that such a tree asks for.
 */
export function rootFromPath(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let position = index;
  let last = size - 1;
  let node = leaf;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      node = nodeAbove(sibling, node);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      node = nodeAbove(node, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? node : undefined;
}
