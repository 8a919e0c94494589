import { hash as digestOf } from 'node:crypto';
import { journalRecord, type JournalEntry, type JournalRecord } from './journal-entries.js';

/** Where the chain of a journal stands. */
export interface JournalPosition {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first record. */
export const emptyJournal: JournalPosition = { sequence: -1, hash: '0'.repeat(64) };

/** A record as it stands in the file, without the line end, and where the chain stands after it. */
export interface JournalLine extends JournalPosition {
  readonly text: string;
}

/** The line that says this after `previous`. */
export function journalLine(previous: JournalPosition, entry: JournalEntry, time: Date): JournalLine {
  const sequence = previous.sequence + 1;
  const content = inOrder({ ...entry, sequence, time: time.toISOString(), previousHash: previous.hash });
  const hash = digestOf('sha256', content, 'hex');
  return { text: `${content.slice(0, -1)},"hash":"${hash}"}`, sequence, hash };
}

/**
 * Reads the record that follows `previous`.
 * @throws Error saying what is wrong: a line that was changed, removed, added or moved.
 */
export function readJournalLine(line: string, previous: JournalPosition): JournalRecord {
  const raw = parseJson(line);
  const parsed = journalRecord.safeParse(raw);
  if (!parsed.success) throw new Error('this is no record of a journal');
  const record = parsed.data;
  if (record.sequence !== previous.sequence + 1) {
    throw new Error(`record ${record.sequence} follows record ${previous.sequence}`);
  }
  if (record.previousHash !== previous.hash) throw new Error('the record before it is not the one it followed');
  const { hash, ...content } = raw as JournalRecord;
  if (hash !== digestOf('sha256', inOrder(content), 'hex')) throw new Error('the record was changed');
  return record;
}

/** In the alphabetical order of the members, so that reading and writing in another order changes nothing. */
function inOrder(content: object): string {
  const members = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(members));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
