import { FirstFindings } from './first-findings.js';
import type { CheckpointSource, FoundCheckpoints, KeptCheckpoint } from './found-checkpoints.js';
import { LastSignatures } from './last-signatures.js';
import { LivingHeads } from './living-heads.js';

/**
 * - `none`: nobody vouches for anything
 * - `missing`: checkpoints before this one are not there
 * - `broken-link`: it does not continue the one before
 * - `fork`: there are two of its number
 * - `late`: its writer lived, and was silent for longer than it had said
 * - `wrong-heads`: what it says of all writers does not fit what was said before
 * - `not-in-store`, `not-in-file`: it was taken away there
 * - `unsealed`: its writer neither went on nor ended, and nobody vouched for its chain since
 */
export type CheckpointProblemKind =
  'none' | 'missing' | 'broken-link' | 'fork' | 'late' | 'wrong-heads' | 'not-in-store' | 'not-in-file' | 'unsealed';

export interface CheckpointProblem {
  /** Of the checkpoint; 0 when there is none. */
  readonly number: number;
  readonly kind: CheckpointProblemKind;
  /** For people. */
  readonly detail: string;
}

export interface CheckpointJudgement {
  /** The first thousand, by number. */
  readonly problems: readonly CheckpointProblem[];
  /** How many there are. */
  readonly problemCount: number;
  /** How many of them are `late` or `unsealed`. */
  readonly lateOrUnsealed: number;
  /** What is worth knowing and no proof of anything: the first thousand, and a line that says how many more there are. */
  readonly notices: readonly string[];
}

/** A new checkpoint is in the store first; the file has it a moment later. */
const deliveryMs = 60_000;

/** Judges the checkpoints of a store as they stand at a time (milliseconds). */
export async function judgeCheckpoints(found: FoundCheckpoints, now: number): Promise<CheckpointJudgement> {
  const judge = new CheckpointJudge(found, now);
  try {
    return await judge.judge();
  } finally {
    judge.close();
  }
}

/** One reading of all checkpoints by number; what has to be known of those before lies outside of memory. */
class CheckpointJudge {
  private readonly heads = new LivingHeads();
  private readonly signatures = new LastSignatures();
  private readonly problems = new FirstFindings<CheckpointProblem>();
  private readonly notices = new FirstFindings<string>();
  private lateOrUnsealed = 0;
  private before: KeptCheckpoint | undefined;
  /** Of the last checkpoint with which a process began: it seals what was there. */
  private lastOpened = 0;
  private lastTime = 0;

  constructor(
    private readonly found: FoundCheckpoints,
    private readonly now: number,
  ) {}

  async judge(): Promise<CheckpointJudgement> {
    for await (const note of this.found.inOrder()) {
      this.judgeLink(note);
      this.judgeHeads(note);
      this.before = note;
      this.lastTime = Math.max(this.lastTime, Date.parse(note.time));
      if (note.state === 'opened') this.lastOpened = note.number;
    }
    if (this.before === undefined) {
      const detail = 'no gateway has vouched for this log: whoever can write it can cut off and rewrite all of it';
      this.report(0, 'none', detail);
    }
    this.judgePlaces();
    this.judgeEnds();
    const { findings, count } = this.notices;
    const more = count - findings.length;
    return {
      problems: [...this.problems.findings].sort((a, b) => a.number - b.number),
      problemCount: this.problems.count,
      lateOrUnsealed: this.lateOrUnsealed,
      notices: more === 0 ? findings : [...findings, `and ${more} more processes that were killed and sealed`],
    };
  }

  close(): void {
    this.heads.close();
    this.signatures.close();
  }

  private judgeLink(note: KeptCheckpoint): void {
    const { number, previous, writer, time } = note;
    const expected = (this.before?.number ?? 0) + 1;
    if (number < expected) this.report(number, 'fork', `${this.before?.writer ?? ''} and ${writer} signed this number`);
    else if (number > expected) this.report(number, 'missing', `checkpoints ${expected} to ${number - 1} are missing`);
    else if (previous !== (this.before?.digest ?? null)) {
      this.report(number, 'broken-link', 'it names another one before it');
    }
    const own = this.signatures.of(writer);
    // Who ended may come back under its name at any time.
    if (own !== undefined && own.state !== 'closed' && Date.parse(own.next) < Date.parse(time)) {
      this.report(number, 'late', `the one before of ${writer} promised it until ${own.next}, it is of ${time}`);
    }
    this.signatures.set(note);
  }

  private judgeHeads(note: KeptCheckpoint): void {
    const namesAll = note.named === note.writers;
    if (namesAll) this.heads.clear();
    this.heads.set(this.found.headsOf(note));
    // Where one is missing nobody knows what it named; the next that names all makes it known again.
    const isWhole = namesAll || note.number === (this.before?.number ?? 0) + 1;
    if (isWhole && this.heads.digest() !== note.headsDigest) {
      this.report(note.number, 'wrong-heads', 'its digest over all writers is not that of what was said of them');
    }
  }

  /** Each lies in the store and in its file; the newest of a process that lives may be on its way. */
  private judgePlaces(): void {
    const isOnItsWay = ({ id, writer, state, time }: KeptCheckpoint) =>
      this.signatures.of(writer)?.id === id && state !== 'closed' && this.now < Date.parse(time) + deliveryMs;
    this.reportMissing('store', 'not-in-store', 'the store', () => true);
    this.reportMissing('file', 'not-in-file', 'the checkpoint file', note => !isOnItsWay(note));
  }

  private reportMissing(
    source: CheckpointSource,
    kind: CheckpointProblemKind,
    where: string,
    counts: (note: KeptCheckpoint) => boolean,
  ): void {
    let first: KeptCheckpoint | undefined;
    let missing = 0;
    for (const note of this.found.without(source)) {
      if (!counts(note)) continue;
      first ??= note;
      missing += 1;
    }
    const more = missing === 1 ? '' : `, with ${missing - 1} later ones,`;
    if (first !== undefined) this.report(first.number, kind, `it${more} is not in ${where}`);
  }

  /** Every process that signed must have ended, be alive, or have been vouched for by another one after its end. */
  private judgeEnds(): void {
    for (const { writer, number, time, next } of this.signatures.unended()) {
      if (this.now <= Date.parse(next)) continue;
      if (this.lastOpened > number || this.lastTime > Date.parse(next)) {
        this.notices.add(`${writer} was killed after ${time}; the end of its chain was sealed by a later checkpoint`);
      } else {
        const detail = `${writer} neither ended nor went on after ${time}: it was killed, or the end was cut off`;
        this.report(number, 'unsealed', detail);
      }
    }
  }

  private report(number: number, kind: CheckpointProblemKind, detail: string): void {
    if (kind === 'late' || kind === 'unsealed') this.lateOrUnsealed += 1;
    this.problems.add({ number, kind, detail });
  }
}
