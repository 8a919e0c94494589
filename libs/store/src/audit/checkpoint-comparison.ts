import type { AuditCheckpoint, AuditProblemKind } from './audit-log.js';
import type { StoredAuditRecord } from './stored-audit-record.js';

interface Truncation {
  readonly writer: string;
  /** Of the first record that is gone. */
  readonly sequence: number;
  readonly detail: string;
}

/** Holds the records of a log to the checkpoints of their writers. */
export class CheckpointComparison {
  private readonly hashes = new Map<string, string>();
  private readonly lastVouched = new Map<string, AuditCheckpoint>();
  private readonly ends = new Map<string, number>();

  constructor(checkpoints: readonly AuditCheckpoint[]) {
    for (const checkpoint of checkpoints) {
      const { writer, sequence, hash } = checkpoint;
      this.hashes.set(place(writer, sequence), hash);
      const last = this.lastVouched.get(writer);
      if (last === undefined || last.sequence < sequence) this.lastVouched.set(writer, checkpoint);
    }
  }

  judge({ writer, sequence, hash }: StoredAuditRecord): { kind: AuditProblemKind; detail: string } | undefined {
    this.ends.set(writer, Math.max(sequence, this.ends.get(writer) ?? -1));
    const vouched = this.hashes.get(place(writer, sequence));
    if (vouched === undefined || vouched === hash) return undefined;
    return { kind: 'rewritten', detail: 'a signed checkpoint vouches for another record in this place' };
  }

  /** The chains that end before their last checkpoint. */
  beyondTheEnd(): readonly Truncation[] {
    return [...this.lastVouched.values()].flatMap(({ writer, sequence, time }) => {
      const end = this.ends.get(writer) ?? -1;
      if (end >= sequence) return [];
      const detail = `a checkpoint signed at ${time} vouches for records up to ${sequence}`;
      return [{ writer, sequence: end + 1, detail }];
    });
  }
}

const place = (writer: string, sequence: number): string => `${sequence} ${writer}`;
