import type { AuditCheckpoint, AuditProblemKind } from './audit-log.js';
import type { ArchivedChain } from './audit-retention.js';
import { GrowingTree, leafOfRecord } from './merkle-tree.js';
import type { StoredAuditRecord } from './stored-audit-record.js';
import { VouchedRecords, type VouchedRecord } from './vouched-records.js';

interface Truncation {
  readonly writer: string;
  /** Of the first record that is gone. */
  readonly sequence: number;
  readonly kind: 'truncated' | 'vanished';
  readonly detail: string;
}

/** The chain that is being read. */
interface PresentChain {
  readonly writer: string;
  tree: GrowingTree;
  /** The highest number so far. */
  end: number;
  /** The first record from the present one on for which a checkpoint vouches. */
  next: VouchedRecord | undefined;
}

/** Holds the records of a log, handed over in the order of writer and sequence, to what checkpoints say of them. */
export class CheckpointComparison {
  private readonly vouched: VouchedRecords;
  private chain: PresentChain | undefined;

  /** @param archived where chains may begin, by writer. */
  constructor(
    checkpoints: Iterable<AuditCheckpoint>,
    private readonly archived: ReadonlyMap<string, ArchivedChain> = new Map(),
  ) {
    this.vouched = new VouchedRecords(checkpoints);
  }

  judge(stored: StoredAuditRecord): { kind: AuditProblemKind; detail: string } | undefined {
    const { sequence, hash } = stored;
    const chain = this.chainOf(stored);
    if (chain.tree.size === sequence && typeof hash === 'string') chain.tree.add(leafOfRecord(hash));
    const vouched = this.vouchedFor(chain, sequence);
    chain.end = Math.max(sequence, chain.end);
    if (vouched === undefined) return undefined;
    if (vouched.hash !== hash) {
      return { kind: 'rewritten', detail: 'a signed checkpoint vouches for another record in this place' };
    }
    // Where records are missing the tree ends: that they are is said elsewhere.
    if (vouched.root === null || chain.tree.size !== sequence + 1) return undefined;
    if (chain.tree.root().toString('hex') === vouched.root) return undefined;
    return { kind: 'rewritten', detail: 'the tree of a signed checkpoint is not that of the records up to this one' };
  }

  /** The chains that end before their last checkpoint. To be called once, after the last record. */
  *beyondTheEnd(): Generator<Truncation> {
    this.leave();
    try {
      for (const { writer, end, sequence, time } of this.vouched.shortChains()) {
        const kind = end < 0 ? 'vanished' : 'truncated';
        const detail = `a checkpoint signed at ${time} vouches for records up to ${sequence}`;
        yield { writer, sequence: end + 1, kind, detail };
      }
    } finally {
      this.vouched.close();
    }
  }

  private chainOf({ writer, sequence }: StoredAuditRecord): PresentChain {
    if (this.chain?.writer === writer) return this.chain;
    this.leave();
    this.chain = {
      writer,
      tree: this.treeBefore(writer, sequence),
      end: -1,
      next: this.vouched.next(writer, sequence),
    };
    return this.chain;
  }

  private vouchedFor(chain: PresentChain, sequence: number): VouchedRecord | undefined {
    if (chain.next !== undefined && chain.next.sequence < sequence) {
      chain.next = this.vouched.next(chain.writer, sequence);
    }
    return chain.next?.sequence === sequence ? chain.next : undefined;
  }

  private leave(): void {
    if (this.chain !== undefined) this.vouched.noteEnd(this.chain.writer, this.chain.end);
    this.chain = undefined;
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
