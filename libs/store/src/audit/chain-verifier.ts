import { CheckpointComparison } from './checkpoint-comparison.js';
import type { ArchivedChain, ArchivedPart } from './audit-retention.js';
import type { AuditCheckpoint, AuditProblem, AuditProblemKind, AuditVerification } from './audit-log.js';
import type { AuditRecord } from './audit-record.js';
import { genesisEvent, noPreviousHash, recordHash } from './audit-chain.js';
import { vouchedByArchive } from './vouched-by-archive.js';
import { MalformedAuditRecord, parseStoredRecord, type StoredAuditRecord } from './stored-audit-record.js';

const keptProblems = 1000;

/** Where the chain of the present writer stands; without a hash the next record's link cannot be judged. */
interface Position {
  readonly writer: string;
  readonly sequence: number;
  readonly hash: string | undefined;
}

interface Finding {
  readonly kind: AuditProblemKind;
  readonly detail: string;
}

/**
 * Judges all records of a log, handed over one by one in the order of writer and sequence, in constant memory. One fault
 * is one problem: the record after a faulty one is not blamed for a link that cannot hold.
 */
export class ChainVerifier {
  private position: Position | undefined;
  private records = 0;
  private writers = 0;
  private problemCount = 0;
  private readonly problems: AuditProblem[] = [];
  private readonly checkpoints: CheckpointComparison;
  private readonly archived: ReadonlyMap<string, ArchivedChain>;

  /** @param archived where chains may begin; with the records of the archives they begin at the beginning. */
  constructor(
    checkpoints: Iterable<AuditCheckpoint> = [],
    private readonly archivedPart: ArchivedPart = { chains: [] },
  ) {
    const { chains } = archivedPart;
    this.archived = new Map(chains.map(chain => [chain.writer, chain]));
    this.checkpoints = new CheckpointComparison(withArchived(checkpoints, chains), this.archived);
  }

  accept(stored: StoredAuditRecord): void {
    this.records += 1;
    const before = this.enterChain(stored);
    const linkTo = this.judgeSequence(stored, before);
    const finding = judgeRecord(stored, linkTo);
    if (finding !== undefined) this.report(stored.writer, stored.sequence, finding);
    const rewritten = this.checkpoints.judge(stored);
    if (rewritten !== undefined && isSound(finding)) this.report(stored.writer, stored.sequence, rewritten);
    this.position = {
      writer: stored.writer,
      sequence: stored.sequence,
      hash: isSound(finding) ? stored.hash : undefined,
    };
  }

  /** To be called once, after the last record. */
  result(): AuditVerification {
    for (const { writer, sequence, kind, detail } of this.checkpoints.beyondTheEnd()) {
      this.report(writer, sequence, { kind, detail });
    }
    const { records, writers, problems, problemCount } = this;
    return { records, writers, problems: [...problems], problemCount };
  }

  private enterChain({ writer, sequence }: StoredAuditRecord): Position {
    if (this.position?.writer === writer) return this.position;
    this.writers += 1;
    const archived = this.archived.get(writer);
    if (archived === undefined || sequence === 0 || sequence > archived.size) {
      return { writer, sequence: -1, hash: noPreviousHash };
    }
    return { writer, sequence: sequence - 1, hash: hashBefore(archived, sequence) };
  }

  /** Returns the hash that the record must continue, where that is known. */
  private judgeSequence(stored: StoredAuditRecord, before: Position): string | undefined {
    const expected = before.sequence + 1;
    if (stored.sequence === expected) return before.hash;
    const archived = this.archivedPart.records === undefined ? this.archived.get(stored.writer) : undefined;
    // Archived records that are being removed, or whose removal was broken off, are no gap.
    if (archived !== undefined && stored.sequence <= archived.size) return hashBefore(archived, stored.sequence);
    const count = stored.sequence - expected;
    const detail = count === 1 ? 'one record is missing' : `${count} records are missing, up to ${stored.sequence - 1}`;
    this.report(stored.writer, expected, { kind: 'missing', detail });
    return undefined;
  }

  private report(writer: string, sequence: number, finding: Finding): void {
    this.problemCount += 1;
    if (this.problems.length < keptProblems) this.problems.push({ writer, sequence, ...finding });
  }
}

function* withArchived(
  checkpoints: Iterable<AuditCheckpoint>,
  chains: readonly ArchivedChain[],
): Generator<AuditCheckpoint> {
  yield* checkpoints;
  for (const chain of chains) yield vouchedByArchive(chain);
}

/** What the store has no record of any more; the end of the archives is known. */
function hashBefore({ size, hash }: ArchivedChain, sequence: number): string | undefined {
  return sequence === size ? hash : undefined;
}

/** Its hash is right: what was erased of it is not among what the hash covers. */
function isSound(finding: Finding | undefined): boolean {
  return finding === undefined || finding.kind === 'erased';
}

function judgeRecord(stored: StoredAuditRecord, linkTo: string | undefined): Finding | undefined {
  let record: AuditRecord;
  try {
    record = parseStoredRecord(stored);
  } catch (error) {
    if (error instanceof MalformedAuditRecord) return { kind: error.kind, detail: error.message };
    throw error;
  }
  return (
    judgeContent(stored, record) ??
    judgePlace(stored, record) ??
    judgeLink(record, linkTo) ??
    judgeGenesis(record) ??
    judgeIndex(stored, record) ??
    judgeErasure(stored, record)
  );
}

function judgeContent(stored: StoredAuditRecord, record: AuditRecord): Finding | undefined {
  if (recordHash(record.previousHash, stored.text) === stored.hash) return undefined;
  return { kind: 'hash-mismatch', detail: 'its content does not have its hash: one of them was changed' };
}

function judgePlace(stored: StoredAuditRecord, record: AuditRecord): Finding | undefined {
  if (record.writer === stored.writer && record.sequence === stored.sequence) return undefined;
  return { kind: 'misplaced', detail: `it was written as record ${record.sequence} of ${record.writer}` };
}

function judgeLink(record: AuditRecord, linkTo: string | undefined): Finding | undefined {
  if (linkTo === undefined || record.previousHash === linkTo) return undefined;
  const detail = record.sequence === 0 ? 'it is no genesis record' : 'it does not continue the record before it';
  return { kind: 'broken-link', detail };
}

function judgeGenesis(record: AuditRecord): Finding | undefined {
  if ((record.sequence === 0) === (record.event === genesisEvent)) return undefined;
  const detail = record.sequence === 0 ? 'its chain begins without a genesis record' : 'a chain is opened once only';
  return { kind: 'no-genesis', detail };
}

/** What was sealed in an archive was judged before. */
function judgeErasure({ erased: noted }: StoredAuditRecord, { erased }: AuditRecord): Finding | undefined {
  if (erased === undefined || noted === undefined) return undefined;
  const unnoted = Object.keys(erased).filter(field => !(noted ?? '').split(',').includes(field));
  if (unnoted.length === 0) return undefined;
  return { kind: 'erased', detail: `${unnoted.join(', ')}: value and salt are gone, the hash is right` };
}

function judgeIndex(stored: StoredAuditRecord, record: AuditRecord): Finding | undefined {
  const changed = (['time', 'user', 'recording'] as const).filter(name => (stored[name] ?? undefined) !== record[name]);
  if (changed.length === 0) return undefined;
  return { kind: 'index-mismatch', detail: `searching by ${changed.join(', ')} would not find it as it was written` };
}
