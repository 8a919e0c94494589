import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { emptyJournal, readJournalLine, sealedJournals, type JournalPosition, type JournalRecord } from '#contracts';

export interface JournalVerdict {
  readonly files: number;
  readonly records: number;
  /** Number of the first record that is there: not 0 where older files were taken away. */
  readonly first: number;
  /** Processes that went on with the chain. */
  readonly starts: number;
  /** Lines that processes were writing when they died. */
  readonly tornLines: number;
  readonly problem?: string;
}

/**
 * Proves that no line of a journal was changed, removed or moved, through all of its files.
 * @param look is told every record that is right, in order.
 */
export async function verifyJournal(file: string, look?: (record: JournalRecord) => void): Promise<JournalVerdict> {
  const sealed = sealedJournals(file);
  const files = existsSync(file) || sealed.length === 0 ? [...sealed, file] : sealed;
  const counted = { files: files.length, records: 0, first: 0, starts: 0, tornLines: 0 };
  let position: JournalPosition | undefined;
  for (const one of files) {
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(one), crlfDelay: Infinity })) {
      line++;
      try {
        position ??= beginningOf(text);
        if (counted.records === 0) counted.first = position.sequence + 1;
        const record = readJournalLine(text, position);
        position = record;
        counted.records++;
        if (record.event === 'journal-opened') counted.starts++;
        if (record.event === 'journal-opened' && record.tornLine !== undefined) counted.tornLines++;
        look?.(record);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { ...counted, problem: `${one}: line ${line}: ${reason}` };
      }
    }
  }
  if (counted.records === 0)
    return { ...counted, problem: `${file}: there is no record: every journal begins with one` };
  return counted;
}

/** Where the first record that is there says that it follows. */
function beginningOf(line: string): JournalPosition {
  const { sequence, previousHash } = JSON.parse(line) as { sequence?: unknown; previousHash?: unknown };
  if (sequence === 0) return emptyJournal;
  if (typeof sequence !== 'number' || typeof previousHash !== 'string')
    throw new Error('this is no record of a journal');
  return { sequence: sequence - 1, hash: previousHash };
}
