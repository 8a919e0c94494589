import type { ArchivedChain } from './audit-retention.js';
import { GrowingTree, leafOfRecord } from './merkle-tree.js';
import type { StoredAuditRecord } from './stored-audit-record.js';

interface Growing {
  readonly tree: GrowingTree;
  hash: string;
}

/** Follows records into an archive, and says how far the chains lie in archives then. */
export class ArchiveGrowth {
  private readonly chains: Map<string, Growing>;

  /** @param before how far they lie in the archives before. */
  constructor(before: readonly ArchivedChain[]) {
    this.chains = new Map(
      before.map(({ writer, size, hash, subtrees }) => [
        writer,
        {
          hash,
          tree: new GrowingTree(
            size,
            subtrees.map(node => Buffer.from(node, 'hex')),
          ),
        },
      ]),
    );
  }

  /** @throws Error for a record that is not the next one of its writer. */
  accept({ writer, sequence, hash }: Pick<StoredAuditRecord, 'writer' | 'sequence' | 'hash'>): void {
    const chain = this.chains.get(writer) ?? { tree: new GrowingTree(), hash: '' };
    if (sequence !== chain.tree.size) {
      throw new Error(`record ${sequence} of ${writer} comes where ${chain.tree.size} should`);
    }
    chain.tree.add(leafOfRecord(hash));
    chain.hash = hash;
    this.chains.set(writer, chain);
  }

  /** By writer. */
  result(): readonly ArchivedChain[] {
    const chains = [...this.chains].map(([writer, { tree, hash }]) => ({
      writer,
      size: tree.size,
      hash,
      subtrees: tree.nodes.map(node => node.toString('hex')),
    }));
    return chains.sort((a, b) => (a.writer < b.writer ? -1 : 1));
  }
}
