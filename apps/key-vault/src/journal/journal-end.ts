import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';
import { emptyJournal, readJournalLine, sealedJournalName, sealedJournals, type JournalPosition } from '#contracts';

/** A record is shorter than this, also one that tells of another that was torn. */
const tailBytes = 1024 * 1024;
const shownOfTornLine = 64 * 1024;

/** Where a process finds the chain. */
export interface JournalEnd {
  readonly position: JournalPosition;
  /** Bytes of the complete lines of the file that grows. */
  readonly completeLength: number;
  /** Behind them: a line that was being written when the process died. */
  readonly torn: Buffer;
  /** When its last record was written; undefined for a file that is empty. */
  readonly lastTime: string | undefined;
}

const nothing: JournalEnd = {
  position: emptyJournal,
  completeLength: 0,
  torn: Buffer.alloc(0),
  lastTime: undefined,
};

/**
 * The end of a journal. The whole chain is proved by `rcsctl audit verify-key-uses`; here its last link is all that is
 * needed. @throws Error when that is none.
 */
export function findJournalEnd(path: string): JournalEnd {
  const current = existsSync(path) ? endOf(path) : undefined;
  if (current?.isSealed === true) {
    // The process died before it gave the file its name.
    renameSync(path, sealedJournalName(path, current.position.sequence));
    return { ...nothing, position: current.position };
  }
  if (current !== undefined && current.lastTime !== undefined) return current;
  const former = sealedJournals(path).at(-1);
  const torn = current?.torn ?? nothing.torn;
  return { ...nothing, torn, position: former === undefined ? emptyJournal : endOf(former).position };
}

function endOf(path: string): JournalEnd & { readonly isSealed: boolean } {
  const { tail, start } = readTail(path);
  const end = tail.lastIndexOf('\n') + 1;
  const last = tail.subarray(0, end).toString('utf8').split('\n').at(-2);
  const found = { completeLength: start + end, torn: tail.subarray(end) };
  if (last === undefined) {
    if (start > 0) throw new Error('its end is no record of a journal');
    return { ...found, position: emptyJournal, lastTime: undefined, isSealed: false };
  }
  const claimed = parse(last);
  const previous = { sequence: claimed.sequence - 1, hash: claimed.previousHash };
  const { sequence, hash, time, event } = readJournalLine(last, previous);
  return { ...found, position: { sequence, hash }, lastTime: time, isSealed: event === 'journal-sealed' };
}

function readTail(path: string): { readonly tail: Buffer; readonly start: number } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.max(0, size - tailBytes);
    const tail = Buffer.alloc(size - start);
    for (let filled = 0; filled < tail.length;) {
      const bytes = readSync(file, tail, filled, tail.length - filled, start + filled);
      if (bytes === 0) throw new Error('it became shorter while it was read');
      filled += bytes;
    }
    return { tail, start };
  } finally {
    closeSync(file);
  }
}

function parse(line: string): { readonly sequence: number; readonly previousHash: string } {
  const claimed = JSON.parse(line) as { sequence?: unknown; previousHash?: unknown };
  const { sequence, previousHash } = claimed;
  if (typeof sequence === 'number' && typeof previousHash === 'string') return { sequence, previousHash };
  throw new Error('its last line is no record of a journal');
}

/** The line that was being written when the last process died, as evidence: digest and beginning. */
export function tornLine({ torn }: JournalEnd) {
  if (torn.length === 0) return {};
  const digest = createHash('sha256').update(torn).digest('hex');
  const beginning = torn.subarray(0, shownOfTornLine).toString('base64');
  return { tornLine: { bytes: torn.length, digest, beginning } };
}
