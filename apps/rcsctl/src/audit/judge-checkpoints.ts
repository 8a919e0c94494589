import { digestOfHeads, type CheckpointHead } from '#grants';
import type { AuditCheckpoint } from '#store';
import type { CheckpointSource, FoundCheckpoint } from './read-checkpoints.js';

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
  readonly problems: readonly CheckpointProblem[];
  /** What is worth knowing and no proof of anything. */
  readonly notices: readonly string[];
  /** What the records must agree with. */
  readonly vouched: readonly AuditCheckpoint[];
}

/** A new checkpoint is in the store first; the file has it a moment later. */
const deliveryMs = 60_000;

/** Judges the checkpoints of a store, ordered by number, as they stand at a time (milliseconds). */
export function judgeCheckpoints(notes: readonly FoundCheckpoint[], now: number): CheckpointJudgement {
  if (notes.length === 0) {
    const detail = 'no gateway has vouched for this log: whoever can write it can cut off and rewrite all of it';
    return { problems: [{ number: 0, kind: 'none', detail }], notices: [], vouched: [] };
  }
  const { problems: ofEnds, notices } = judgeEnds(notes, now);
  const problems = [...judgeChain(notes), ...judgeHeads(notes), ...judgePlaces(notes, now), ...ofEnds];
  problems.sort((a, b) => a.number - b.number);
  return { problems, notices, vouched: notes.flatMap(vouchedBy) };
}

/** What a checkpoint vouches for: the last record of each chain it names. */
function vouchedBy({ content }: FoundCheckpoint): AuditCheckpoint[] {
  return content.heads.map(({ writer, size, hash, root }) => ({
    writer,
    sequence: size - 1,
    hash,
    root,
    time: content.time,
  }));
}

function judgeChain(notes: readonly FoundCheckpoint[]): CheckpointProblem[] {
  const problems: CheckpointProblem[] = [];
  const report = (number: number, kind: CheckpointProblemKind, detail: string) =>
    problems.push({ number, kind, detail });
  const lastOf = new Map<string, FoundCheckpoint>();
  let before: FoundCheckpoint | undefined;
  for (const note of notes) {
    const { number, previous, writer, time } = note.content;
    const expected = (before?.content.number ?? 0) + 1;
    if (number < expected) report(number, 'fork', `${before?.content.writer ?? ''} and ${writer} signed this number`);
    else if (number > expected) report(number, 'missing', `checkpoints ${expected} to ${number - 1} are missing`);
    else if (previous !== before?.digest) report(number, 'broken-link', 'it names another one before it');
    const own = lastOf.get(writer);
    // Who ended may come back under its name at any time.
    if (own !== undefined && own.content.state !== 'closed' && Date.parse(own.content.next) < Date.parse(time)) {
      report(number, 'late', `the one before of ${writer} promised it until ${own.content.next}, it is of ${time}`);
    }
    lastOf.set(writer, note);
    before = note;
  }
  return problems;
}

function judgeHeads(notes: readonly FoundCheckpoint[]): CheckpointProblem[] {
  const problems: CheckpointProblem[] = [];
  const heads = new Map<string, CheckpointHead>();
  let before = 0;
  for (const { content } of notes) {
    if (content.state === 'opened') heads.clear();
    for (const head of content.heads) heads.set(head.writer, head);
    // Where one is missing nobody knows what it named; the next that opens names all again.
    const isWhole = content.state === 'opened' || content.number === before + 1;
    if (isWhole && digestOfHeads([...heads.values()]) !== content.headsDigest) {
      const detail = 'its digest over all writers is not that of what was said of them';
      problems.push({ number: content.number, kind: 'wrong-heads', detail });
    }
    before = content.number;
  }
  return problems;
}

/** Each lies in the store and in its file; the newest of a process that lives may be on its way. */
function judgePlaces(notes: readonly FoundCheckpoint[], now: number): CheckpointProblem[] {
  const lastOf = new Map(notes.map(note => [note.content.writer, note]));
  const isOnItsWay = (note: FoundCheckpoint) =>
    lastOf.get(note.content.writer) === note &&
    note.content.state !== 'closed' &&
    now < Date.parse(note.content.time) + deliveryMs;
  const problem = (missing: readonly FoundCheckpoint[], kind: CheckpointProblemKind, where: string) => {
    const [first] = missing;
    if (first === undefined) return [];
    const more = missing.length === 1 ? '' : `, with ${missing.length - 1} later ones,`;
    return [{ number: first.content.number, kind, detail: `it${more} is not in ${where}` }];
  };
  const without = (source: CheckpointSource) => notes.filter(({ sources }) => !sources.has(source));
  return [
    ...problem(without('store'), 'not-in-store', 'the store'),
    ...problem(
      without('file').filter(note => !isOnItsWay(note)),
      'not-in-file',
      'the checkpoint file',
    ),
  ];
}

/** Every process that signed must have ended, be alive, or have been vouched for by another one after its end. */
function judgeEnds(notes: readonly FoundCheckpoint[], now: number): Pick<CheckpointJudgement, 'problems' | 'notices'> {
  const lastOf = new Map(notes.map(note => [note.content.writer, note.content]));
  const lastTime = Math.max(...notes.map(({ content }) => Date.parse(content.time)));
  const problems: CheckpointProblem[] = [];
  const notices: string[] = [];
  for (const { writer, state, number, time, next } of lastOf.values()) {
    if (state === 'closed') continue;
    if (now <= Date.parse(next)) continue;
    const isSealed = notes.some(({ content }) => content.number > number && content.state === 'opened');
    if (isSealed || lastTime > Date.parse(next)) {
      notices.push(`${writer} was killed after ${time}; the end of its chain was sealed by a later checkpoint`);
    } else {
      const detail = `${writer} neither ended nor went on after ${time}: it was killed, or the end was cut off`;
      problems.push({ number, kind: 'unsealed', detail });
    }
  }
  return { problems, notices };
}
