import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import {
  emptyJournal,
  journalLine,
  nextJournalRecord,
  readJournalLine,
  type JournalPosition,
  type OperatorJournalEntry,
} from '#contracts';
import { ConfigurationError, RcsError } from '#platform';

/** A record is at most a few kilobytes long. */
const tailBytes = 256 * 1024;

/** The journal of one vault process: a file to which lines are added, each on the disk before the key is opened. */
export class OperatorJournalFile {
  private writing: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    private position: JournalPosition,
    /** Bytes of the complete lines. */
    private length: number,
  ) {}

  /** @throws ConfigurationError when the file cannot be written or its end is not that of a journal. */
  static async open(path: string): Promise<OperatorJournalFile> {
    try {
      const position = lastPosition(path);
      const file = await open(path, 'a', 0o600);
      return new OperatorJournalFile(file, position, (await file.stat()).size);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(`option keyVault.allowOperatorUnwrap.journalFile: ${path}: ${reason}`);
    }
  }

  /** Resolves when the record is on the disk. @throws RcsError RCS_AUDIT_UNAVAILABLE: then nothing may be opened. */
  append(entry: OperatorJournalEntry): Promise<void> {
    const appended = this.writing.then(() => this.write(entry));
    this.writing = appended.catch(() => undefined);
    return appended;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  private async write(entry: OperatorJournalEntry): Promise<void> {
    const record = nextJournalRecord(this.position, entry, new Date());
    const line = Buffer.from(`${journalLine(record)}\n`);
    try {
      await this.file.appendFile(line);
      await this.file.datasync();
    } catch (error) {
      // Half a line, on a full disk, must not stand between two others.
      await this.file.truncate(this.length).catch(() => undefined);
      throw new RcsError('RCS_AUDIT_UNAVAILABLE', 'the operator journal cannot be written', { cause: error });
    }
    this.position = record;
    this.length += line.length;
  }
}

/**
 * Where the chain goes on. A last line without its end was being written when the process died: no key was opened on its
 * account, so it is taken away.
 */
function lastPosition(path: string): JournalPosition {
  const file = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(file);
    const start = Math.max(0, size - tailBytes);
    const tail = Buffer.alloc(size - start);
    for (let filled = 0; filled < tail.length;) {
      const bytes = readSync(file, tail, filled, tail.length - filled, start + filled);
      if (bytes === 0) throw new Error('it became shorter while it was read');
      filled += bytes;
    }
    const end = tail.lastIndexOf('\n') + 1;
    if (end < tail.length) ftruncateSync(file, start + end);
    const last = tail.subarray(0, end).toString('utf8').split('\n').at(-2);
    return last === undefined ? emptyJournal : positionOf(last);
  } finally {
    closeSync(file);
  }
}

/** The whole chain is proved by `rcsctl audit verify`; here its last link is all that is needed. */
function positionOf(line: string): JournalPosition {
  const claimed = JSON.parse(line) as { sequence?: unknown; previousHash?: unknown };
  if (typeof claimed.sequence !== 'number' || typeof claimed.previousHash !== 'string') {
    throw new Error('its last line is no record of an operator journal');
  }
  return readJournalLine(line, { sequence: claimed.sequence - 1, hash: claimed.previousHash });
}
