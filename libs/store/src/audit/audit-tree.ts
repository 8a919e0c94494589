import type { ArchivedChain } from './audit-retention.js';
import { emptyRoot, nodeAbove, perfectSubtrees, splitOf } from './merkle-tree.js';

/** Nodes below one node that is kept. */
export const tileWidth = 256;

/** What a tree is made from: hashes of leaves (level 0) or kept nodes `from` up to, not including, `end`. */
export interface TreeNodesWanted {
  readonly level: number;
  readonly from: number;
  readonly end: number;
}

/**
 * A computation that asks for nodes and is given those that are there, in their order: a store that reads at once and one that
 * waits for an answer carry it out alike.
 */
export type TreeSteps<T> = Generator<TreeNodesWanted, T, readonly Buffer[]>;

/** The Merkle tree over one chain (RFC 9162, 2.1), from its records and the nodes that are kept. */
export class AuditTree {
  /** @param archived the beginning of the chain that lies in archives */
  constructor(
    private readonly writer: string,
    private readonly archived: ArchivedChain | undefined,
  ) {}

  /** The root over the first `size` records. @throws Error when they are not all there. */
  *root(size: number): TreeSteps<Buffer> {
    return size === 0 ? emptyRoot : yield* this.above(0, size);
  }

  /** The nodes beside the way from a record to that root, the lowest first (RFC 9162, 2.1.3.1). */
  *path(index: number, size: number): TreeSteps<readonly Buffer[]> {
    const fromTheTop: Buffer[] = [];
    let [start, end] = [0, size];
    while (end - start > 1) {
      const middle = start + splitOf(end - start);
      if (index < middle) {
        fromTheTop.push(yield* this.above(middle, end));
        end = middle;
      } else {
        fromTheTop.push(yield* this.above(start, middle));
        start = middle;
      }
    }
    return fromTheTop.reverse();
  }

  /** The node above 256 nodes of the level below: what is kept as tile `position` of `level`. */
  *tile(level: number, position: number): TreeSteps<Buffer> {
    const count = tileWidth ** level;
    const start = position * count;
    if (start < (this.archived?.size ?? 0)) return yield* this.perfectSubtree(start, count);
    return perfect(yield* this.nodes(level - 1, position * tileWidth, tileWidth));
  }

  /** The node above the records `start` up to, not including, `end`; `start` is where a subtree of this tree begins. */
  private *above(start: number, end: number): TreeSteps<Buffer> {
    const count = end - start;
    if (Number.isInteger(Math.log2(count))) return yield* this.perfectSubtree(start, count);
    const middle = start + splitOf(count);
    return nodeAbove(yield* this.above(start, middle), yield* this.above(middle, end));
  }

  private *perfectSubtree(start: number, count: number): TreeSteps<Buffer> {
    if (this.archived !== undefined && start < this.archived.size) {
      return yield* this.aboveArchived(this.archived, start, count);
    }
    let [level, below] = [0, 1];
    while (below * tileWidth <= count) {
      level += 1;
      below *= tileWidth;
    }
    return perfect(yield* this.nodes(level, start / below, count / below));
  }

  /**
   * Of a subtree that begins with archived records. Where records beyond them are asked for, only the largest subtrees of
   * archived records are needed, and these are kept.
   */
  private *aboveArchived({ size, subtrees }: ArchivedChain, start: number, count: number): TreeSteps<Buffer> {
    if (start + count > size) {
      const half = count / 2;
      return nodeAbove(yield* this.perfectSubtree(start, half), yield* this.perfectSubtree(start + half, half));
    }
    const index = perfectSubtrees(size).findIndex(subtree => subtree.start === start && subtree.count === count);
    const node = subtrees[index];
    if (node === undefined) throw new Error(`the first ${size} records of ${this.writer} lie in archives`);
    return Buffer.from(node, 'hex');
  }

  /** Nodes of a kept level; those that are not kept yet are made from the level below. */
  private *nodes(level: number, from: number, count: number): TreeSteps<readonly Buffer[]> {
    const present = yield { level, from, end: from + count };
    if (present.length === count) return present;
    if (level === 0) throw new Error(`records of ${this.writer} between ${from} and ${from + count} are missing`);
    const made: Buffer[] = [];
    for (let position = from; position < from + count; position += 1) made.push(yield* this.tile(level, position));
    return made;
  }
}

function perfect(nodes: readonly Buffer[]): Buffer {
  let level = nodes;
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, index) =>
      nodeAbove(level[2 * index] ?? emptyRoot, level[2 * index + 1] ?? emptyRoot),
    );
  }
  return level[0] ?? emptyRoot;
}
