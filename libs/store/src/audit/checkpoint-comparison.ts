import type { AuditCheckpoint, AuditProblemKind } from './audit-log.js';
import type { ArchivedChain } from './audit-retention.js';
import { GrowingTree, leafOfRecord } from './merkle-tree.js';
import type { StoredAuditRecord } from './stored-audit-record.js';

interface Truncation {
  readonly writer: string;
  /** Of the first record that is gone. */
  readonly sequence: number;
  readonly kind: 'truncated' | 'vanished';
  readonly detail: string;
}

interface Vouched {
  readonly hash: string;
  readonly root: string | undefined;
}

/** Holds the records of a log, handed over in the order of writer and sequence, to what checkpoints say of them. */
export class CheckpointComparison {
  private readonly vouched = new Map<string, Vouched>();
  private readonly lastVouched = new Map<string, AuditCheckpoint>();
  private readonly ends = new Map<string, number>();
  private tree = new GrowingTree();
  private treeOf: string | undefined;

  /** @param archived where chains may begin, by writer. */
  constructor(
    checkpoints: Iterable<AuditCheckpoint>,
    private readonly archived: ReadonlyMap<string, ArchivedChain> = new Map(),
  ) {
    for (const checkpoint of checkpoints) {
      const { writer, sequence, hash, root } = checkpoint;
      const known = this.vouched.get(place(writer, sequence));
      // One root is as good as another: what differs from the records is found either way.
      this.vouched.set(place(writer, sequence), {
        hash: contradiction(known, hash) ?? hash,
        root: root ?? known?.root,
      });
      const last = this.lastVouched.get(writer);
      if (last === undefined || last.sequence < sequence) this.lastVouched.set(writer, checkpoint);
    }
  }

  judge(stored: StoredAuditRecord): { kind: AuditProblemKind; detail: string } | undefined {
    const { writer, sequence, hash } = stored;
    this.ends.set(writer, Math.max(sequence, this.ends.get(writer) ?? -1));
    this.grow(stored);
    const vouched = this.vouched.get(place(writer, sequence));
    if (vouched === undefined) return undefined;
    if (vouched.hash !== hash) {
      return { kind: 'rewritten', detail: 'a signed checkpoint vouches for another record in this place' };
    }
    if (vouched.root === undefined || this.tree.size !== sequence + 1) return undefined;
    if (this.tree.root().toString('hex') === vouched.root) return undefined;
    return { kind: 'rewritten', detail: 'the tree of a signed checkpoint is not that of the records up to this one' };
  }

  /** The chains that end before their last checkpoint. */
  beyondTheEnd(): readonly Truncation[] {
    return [...this.lastVouched.values()].flatMap(({ writer, sequence, time }) => {
      const end = this.ends.get(writer) ?? -1;
      if (end >= sequence) return [];
      const kind = end < 0 ? 'vanished' : 'truncated';
      const detail = `a checkpoint signed at ${time} vouches for records up to ${sequence}`;
      return [{ writer, sequence: end + 1, kind, detail }];
    });
  }

  /** Where records are missing the tree ends: that they are is said elsewhere. */
  private grow({ writer, sequence, hash }: StoredAuditRecord): void {
    if (this.treeOf !== writer) {
      this.treeOf = writer;
      this.tree = this.treeBefore(writer, sequence);
    }
    if (this.tree.size === sequence && typeof hash === 'string') this.tree.add(leafOfRecord(hash));
  }

  /** Of a chain that begins in an archive the tree is that of the archive. */
  private treeBefore(writer: string, sequence: number): GrowingTree {
    const archived = this.archived.get(writer);
    if (archived === undefined || sequence === 0) return new GrowingTree();
    return new GrowingTree(
      archived.size,
      archived.subtrees.map(node => Buffer.from(node, 'hex')),
    );
  }
}

/** Two checkpoints that say different things of one record: no record can have both hashes. */
function contradiction(known: Vouched | undefined, hash: string): string | undefined {
  return known === undefined || known.hash === hash ? undefined : `${known.hash} and ${hash}`;
}

const place = (writer: string, sequence: number): string => `${sequence} ${writer}`;
