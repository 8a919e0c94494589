import { createHash } from 'node:crypto';
import { z } from 'zod';

const text = z.string().max(4096);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const entry = z.strictObject({
  event: z.enum(['operator-unwrap', 'key-disabled', 'key-enabled', 'key-destroyed']),
  /** `failed`: it was allowed, written down and then not carried out. */
  outcome: z.enum(['allowed', 'refused', 'failed']),
  /** Subject of the certificate that signed the grant; absent where nobody could be recognised. */
  operator: text.optional(),
  /** `user@host` as the operator's machine says. */
  user: text.optional(),
  purpose: text.optional(),
  file: text.optional(),
  envelopeDigest: digest.optional(),
  contactCenter: text.optional(),
  certificateAlias: text.optional(),
  /** Lower-case hexadecimal. */
  keyIdentifier: text.optional(),
  requestId: text,
  /** Why it was refused. */
  detail: text.optional(),
});

const record = entry.extend({
  /** Counts from 0 without gaps. */
  sequence: z.int().min(0),
  time: z.iso.datetime(),
  previousHash: digest,
  /** SHA-256 over the line without this member. */
  hash: digest,
});

/** What happened. */
export type OperatorJournalEntry = Readonly<z.output<typeof entry>>;
/** One line of the journal of a vault: every use of a key that no gateway granted, and how keys end. */
export type OperatorJournalRecord = Readonly<z.output<typeof record>>;

/** Where the chain of a journal stands. */
export interface JournalPosition {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first record. */
export const emptyJournal: JournalPosition = { sequence: -1, hash: '0'.repeat(64) };

/** The next record of a journal. */
export function nextJournalRecord(
  previous: JournalPosition,
  what: OperatorJournalEntry,
  time: Date,
): OperatorJournalRecord {
  const content = {
    sequence: previous.sequence + 1,
    time: time.toISOString(),
    ...entry.parse(what),
    previousHash: previous.hash,
  };
  return { ...content, hash: hashOf(content) };
}

/** One record as it stands in the file, without the line end. */
export const journalLine = (one: OperatorJournalRecord): string => JSON.stringify(one);

/**
 * Reads the record that follows `previous`.
 * @throws Error saying what is wrong: a line that was changed, removed, added or moved.
 */
export function readJournalLine(line: string, previous: JournalPosition): OperatorJournalRecord {
  const parsed = record.safeParse(parseJson(line));
  if (!parsed.success) throw new Error('this is no record of an operator journal');
  const { hash, ...content } = parsed.data;
  if (parsed.data.sequence !== previous.sequence + 1) {
    throw new Error(`record ${parsed.data.sequence} follows record ${previous.sequence}`);
  }
  if (parsed.data.previousHash !== previous.hash) throw new Error('the record before it is not the one it followed');
  if (hash !== hashOf(content)) throw new Error('the record was changed');
  return parsed.data;
}

/** In the alphabetical order of the members, so that reading and writing in another order changes nothing. */
function hashOf(content: object): string {
  const members = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('hex');
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
