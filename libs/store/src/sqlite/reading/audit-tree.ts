import type Database from 'better-sqlite3';
import type { ChainHead } from '../../audit/audit-chain.js';
import type { ArchivedChain } from '../../audit/audit-retention.js';
import { emptyRoot, leafOfRecord, nodeAbove, perfectSubtrees, splitOf } from '../../audit/merkle-tree.js';
import { ArchivedChains } from './archived-chains.js';

/** Nodes below one node that is kept. */
export const tileWidth = 256;

/** The Merkle trees over the chains of an audit database (RFC 9162, 2.1), from its records and the nodes that are kept. */
export class AuditTree {
  private readonly selectLeaves: Database.Statement<[string, number, number], string>;
  private readonly selectTiles: Database.Statement<[string, number, number, number], Buffer>;
  private readonly selectWriter: Database.Statement<[string], string | null>;
  private readonly selectHead: Database.Statement<[string], ChainHead>;
  private readonly archived: ArchivedChains;

  constructor(database: Database.Database) {
    this.archived = new ArchivedChains(database);
    this.selectLeaves = database
      .prepare<[string, number, number], string>(
        'SELECT hash FROM audit_record WHERE writer = ? AND sequence >= ? AND sequence < ? ORDER BY sequence',
      )
      .pluck();
    this.selectTiles = database
      .prepare<[string, number, number, number], Buffer>(
        'SELECT hash FROM audit_tile WHERE writer = ? AND level = ? AND position >= ? AND position < ? ORDER BY position',
      )
      .pluck();
    // One step of the index for each writer; a plain DISTINCT would read the whole log.
    this.selectWriter = database
      .prepare<[string], string | null>('SELECT min(writer) FROM audit_record WHERE writer > ?')
      .pluck();
    this.selectHead = database.prepare<[string], ChainHead>(
      'SELECT sequence, hash FROM audit_record WHERE writer = ? ORDER BY sequence DESC LIMIT 1',
    );
  }

  /** The names of all writers, in order. */
  *writers(): Generator<string> {
    for (let writer = this.selectWriter.get(''); typeof writer === 'string'; writer = this.selectWriter.get(writer)) {
      yield writer;
    }
  }

  head(writer: string): ChainHead | undefined {
    return this.selectHead.get(writer);
  }

  /** The root over the first `size` records. @throws Error when they are not all there. */
  root(writer: string, size: number): Buffer {
    return size === 0 ? emptyRoot : this.above(writer, 0, size);
  }

  /** The nodes beside the way from a record to that root, the lowest first (RFC 9162, 2.1.3.1). */
  path(writer: string, index: number, size: number): readonly Buffer[] {
    const fromTheTop: Buffer[] = [];
    let [start, end] = [0, size];
    while (end - start > 1) {
      const middle = start + splitOf(end - start);
      if (index < middle) {
        fromTheTop.push(this.above(writer, middle, end));
        end = middle;
      } else {
        fromTheTop.push(this.above(writer, start, middle));
        start = middle;
      }
    }
    return fromTheTop.reverse();
  }

  /** The node above 256 nodes of the level below: what is kept as tile `position` of `level`. */
  tile(writer: string, level: number, position: number): Buffer {
    const count = tileWidth ** level;
    const start = position * count;
    if (start < (this.archived.of(writer)?.size ?? 0)) return this.perfectSubtree(writer, start, count);
    return perfect(this.nodes(writer, level - 1, position * tileWidth, tileWidth));
  }

  /** The node above the records `start` up to, not including, `end`; `start` is where a subtree of this tree begins. */
  private above(writer: string, start: number, end: number): Buffer {
    const count = end - start;
    if (Number.isInteger(Math.log2(count))) return this.perfectSubtree(writer, start, count);
    const middle = start + splitOf(count);
    return nodeAbove(this.above(writer, start, middle), this.above(writer, middle, end));
  }

  private perfectSubtree(writer: string, start: number, count: number): Buffer {
    const archived = this.archived.of(writer);
    if (archived !== undefined && start < archived.size) return this.aboveArchived(archived, start, count);
    let [level, below] = [0, 1];
    while (below * tileWidth <= count) {
      level += 1;
      below *= tileWidth;
    }
    return perfect(this.nodes(writer, level, start / below, count / below));
  }

  /**
   * Of a subtree that begins with archived records. Where records beyond them are asked for, only the largest subtrees of
   * archived records are needed, and these are kept.
   */
  private aboveArchived({ writer, size, subtrees }: ArchivedChain, start: number, count: number): Buffer {
    if (start + count > size) {
      const half = count / 2;
      return nodeAbove(this.perfectSubtree(writer, start, half), this.perfectSubtree(writer, start + half, half));
    }
    const index = perfectSubtrees(size).findIndex(subtree => subtree.start === start && subtree.count === count);
    const node = subtrees[index];
    if (node === undefined) throw new Error(`the first ${size} records of ${writer} lie in archives`);
    return Buffer.from(node, 'hex');
  }

  /** Nodes of a kept level; those that are not kept yet are made from the level below. */
  private nodes(writer: string, level: number, from: number, count: number): readonly Buffer[] {
    if (level === 0) return this.leaves(writer, from, count);
    const kept = this.selectTiles.all(writer, level, from, from + count);
    if (kept.length === count) return kept;
    return Array.from({ length: count }, (_, index) => this.tile(writer, level, from + index));
  }

  private leaves(writer: string, from: number, count: number): readonly Buffer[] {
    const hashes = this.selectLeaves.all(writer, from, from + count);
    if (hashes.length !== count)
      throw new Error(`records of ${writer} between ${from} and ${from + count} are missing`);
    return hashes.map(leafOfRecord);
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
