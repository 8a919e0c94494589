import { maximumCheckpointBytes } from '#contracts';
import { digestOfHeads, namesAllHeads, StatementRefused, unprovedCheckpoint, type CheckpointHead } from '#grants';
import type { AuditHead, AuditLog, StoredCheckpoint } from '#store';

/** After so many checkpoints one names all heads again: whoever has the later ones alone begins there. */
const longestDistance = 1000;
/** So many are read for it; where no one of them names all, the next one does, however long it becomes. */
const mostRead = 50_000;
/** What a checkpoint has beside its heads; certificates are the most of it. */
const otherBytes = 16 * 1024;
const bytesOfHead = 220;

type Comparable = Pick<CheckpointHead, 'size' | 'hash' | 'root'>;

/** How far all chains went when the last checkpoint was signed, from all checkpoints since the last one that names all heads. */
export class NamedHeads {
  private readonly heads = new Map<string, string>();

  private constructor(
    heads: Iterable<CheckpointHead>,
    private readonly distance: number,
  ) {
    this.note(heads);
  }

  /** Before the first checkpoint nothing is named. */
  static none(): NamedHeads {
    return new NamedHeads([], Infinity);
  }

  /**
   * What the checkpoints of the store say. Their signatures are not proved here: who put others into the store finds the next
   * one contradicting them, and whoever verifies the audit finds those.
   */
  static async in(audit: AuditLog): Promise<NamedHeads> {
    const last = await audit.lastCheckpoint();
    if (last === undefined) return NamedHeads.none();
    for (let read = longestDistance; read - longestDistance < Math.min(last.number, mostRead); read *= 2) {
      const named = await NamedHeads.since(audit, Math.max(0, last.number - read), last);
      if (named !== undefined) return named;
    }
    return NamedHeads.none();
  }

  /** From the last one after this number that names all; undefined when there is none, or what follows does not fit together. */
  private static async since(audit: AuditLog, after: number, last: StoredCheckpoint): Promise<NamedHeads | undefined> {
    let heads: Map<string, CheckpointHead> | undefined;
    let [distance, digest] = [0, ''];
    for await (const { number, note } of audit.checkpoints(after)) {
      const content = contentOf(note);
      if (content === undefined) heads = undefined;
      else if (namesAllHeads(content)) [heads, distance] = [new Map(), 0];
      else if (content.number !== number) heads = undefined;
      for (const head of content?.heads ?? []) heads?.set(head.writer, head);
      distance += 1;
      digest = content?.headsDigest ?? '';
      if (number === last.number) break;
    }
    if (heads === undefined || digestOfHeads([...heads.values()]) !== digest) return undefined;
    return new NamedHeads(heads.values(), distance);
  }

  /** Whether it is time to name all heads, and they have room. */
  areOld(heads: readonly AuditHead[]): boolean {
    if (this.distance === Infinity) return true;
    const bytes = heads.reduce((sum, { writer }) => sum + writer.length + bytesOfHead, otherBytes);
    return this.distance >= longestDistance && bytes <= maximumCheckpointBytes;
  }

  /** Whether the last checkpoint named this head as it is. */
  has(head: AuditHead): boolean {
    return this.heads.get(head.writer) === textOf(head);
  }

  note(heads: Iterable<AuditHead>): void {
    for (const head of heads) this.heads.set(head.writer, textOf(head));
  }
}

const textOf = ({ size, hash, root }: Comparable): string => `${size} ${hash} ${root}`;

function contentOf(note: string) {
  try {
    return unprovedCheckpoint(note)?.content;
  } catch (error) {
    if (error instanceof StatementRefused) return undefined;
    throw error;
  }
}
