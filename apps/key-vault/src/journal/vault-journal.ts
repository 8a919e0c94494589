import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { journalLine, type JournalEntry, type JournalPosition } from '#contracts';
import { ConfigurationError, describeError, RcsError, withDeadline } from '#platform';
import { AppendedFile } from './appended-file.js';
import { findJournalEnd, tornLine } from './journal-end.js';
import { JournalRotation, type RotationSettings } from './journal-rotation.js';

export interface JournalSettings {
  readonly file: string;
  /** Absent: one file without end. */
  readonly rotation?: RotationSettings;
  /** How long operations wait for the disk, milliseconds; then they are refused. */
  readonly deadlineMs: number;
}

/** Whole lines; after them a file that is full. */
interface JournalBatch {
  readonly text: string;
  readonly rotation: { readonly to: string; readonly remove: readonly string[] } | undefined;
}

/** How long the file is now, or why nothing was written. */
type JournalOutcome = { readonly length: number; readonly rotated: boolean } | { readonly failure: string };

interface Waiting {
  readonly entry: JournalEntry;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: RcsError) => void;
}

const largestBatch = 1024;
const longestQueue = 100_000;
const retryAfterMs = 1000;

/**
 * The journal of a vault process: a chain of records in a file, each on the disk before what it tells of begins. While
 * one batch is written the next gathers: the busier, the fewer syncs for each record.
 */
export class VaultJournal {
  private waiting: Waiting[] = [];
  private inFlight: { readonly batch: readonly Waiting[]; readonly end: JournalPosition } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private scheduled = false;
  /** Why nothing can be written now; the disk does not answer. */
  private failure: string | undefined;
  /** Why the last attempt failed: it is tried again, by whoever has something to write and by itself. */
  private outage: string | undefined;
  private probe: NodeJS.Timeout | undefined;
  private ended: (() => void) | undefined;
  private closed = false;
  private written = { records: 0, failures: 0, lastWrite: undefined as Date | undefined };

  private constructor(
    private readonly settings: JournalSettings,
    private readonly file: AppendedFile,
    private readonly rotation: JournalRotation | undefined,
    private position: JournalPosition,
    private length: number,
  ) {}

  /**
   * Goes on where the last process ended. A line that was being written when that died is kept as evidence.
   * @param option names the file, for messages.
   * @throws ConfigurationError when the file cannot be written or its end is not that of a journal.
   */
  static async open(settings: JournalSettings, instance: string, option: string): Promise<VaultJournal> {
    let journal: VaultJournal | undefined;
    try {
      mkdirSync(dirname(settings.file), { recursive: true, mode: 0o700 });
      const end = findJournalEnd(settings.file);
      checkWritable(settings.file);
      const { position, completeLength, lastTime } = end;
      const appended = await AppendedFile.open(settings.file, completeLength);
      const rotation =
        settings.rotation === undefined ? undefined : new JournalRotation(settings.file, settings.rotation, lastTime);
      journal = new VaultJournal(settings, appended, rotation, position, completeLength);
      await journal.append({ event: 'journal-opened', instance, ...tornLine(end) });
      return journal;
    } catch (error) {
      await journal?.close();
      throw new ConfigurationError(`option ${option}: ${settings.file}: ${describeError(error)}`, { cause: error });
    }
  }

  get state() {
    const { length: bytes, written, position, failure, outage } = this;
    return { bytes, ...written, sequence: position.sequence, failure: failure ?? outage };
  }

  /**
   * Resolves with the number of the record when it is on the disk.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE: then nothing may be opened.
   */
  append(entry: JournalEntry): Promise<number> {
    if (this.closed) return Promise.reject(this.unavailable('it is closed'));
    if (this.failure !== undefined) return Promise.reject(this.unavailable(this.failure));
    if (this.waiting.length >= longestQueue) return Promise.reject(this.unavailable('too much waits for the disk'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, resolve, reject });
      this.schedule();
    });
  }

  /** Writes what waits, then closes the file; within twice the deadline. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.probe);
    const { deadlineMs } = this.settings;
    const idle = new Promise<void>(resolve => {
      this.ended = resolve;
      this.tellWhenIdle();
    });
    try {
      await withDeadline(idle, deadlineMs, 'the last records of the journal');
      await withDeadline(this.file.close(), deadlineMs, 'ending the journal');
    } catch {
      // A disk that hangs is left to the end of the process.
    }
  }

  /** After everything of this turn of the event loop, so that the items of one call share a sync. */
  private schedule(): void {
    if (this.scheduled || this.inFlight !== undefined) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commit();
    });
  }

  private commit(): void {
    if (this.inFlight !== undefined || this.waiting.length === 0) {
      this.tellWhenIdle();
      return;
    }
    const batch = this.waiting.splice(0, largestBatch);
    try {
      const time = new Date();
      const { text, end, rotation } = this.linesOf(batch, time);
      this.inFlight = { batch, end };
      this.timer = setTimeout(() => this.late(), this.settings.deadlineMs);
      void this.write({ text, rotation }).then(outcome => this.finish(outcome));
    } catch (error) {
      this.inFlight = { batch, end: this.position };
      this.finish({ failure: describeError(error) });
    }
  }

  /** Whoever looks at readiness sends nothing to a vault that is not ready: it has to find out by itself. */
  private probeLater(): void {
    clearTimeout(this.probe);
    if (this.closed) return;
    this.probe = setTimeout(() => {
      if (this.inFlight !== undefined || this.scheduled) return;
      this.inFlight = { batch: [], end: this.position };
      this.timer = setTimeout(() => this.late(), this.settings.deadlineMs);
      void this.outcomeOf(this.file.probe()).then(outcome => this.finish(outcome));
    }, retryAfterMs).unref();
  }

  private linesOf(batch: readonly Waiting[], time: Date) {
    let end = this.position;
    let text = '';
    const add = (entry: JournalEntry): void => {
      const line = journalLine(end, entry, time);
      text += `${line.text}\n`;
      end = { sequence: line.sequence, hash: line.hash };
    };
    for (const { entry } of batch) add(entry);
    const due = this.rotation?.due(this.length, time);
    if (due !== undefined) add(due.entry);
    return { text, end, rotation: due?.rename(end.sequence) };
  }

  private async write({ text, rotation }: JournalBatch): Promise<JournalOutcome> {
    const added = await this.outcomeOf(this.file.append(text));
    if ('failure' in added) return added;
    try {
      if (rotation !== undefined) await this.file.rotate(rotation.to, rotation.remove);
      return { rotated: rotation !== undefined, length: this.file.length };
    } catch {
      // The chain goes on in the file that is there; it is tried again with the next lines.
      return { rotated: false, length: this.file.length };
    }
  }

  private async outcomeOf(attempt: Promise<void>): Promise<JournalOutcome> {
    try {
      await attempt;
      return { rotated: false, length: this.file.length };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }

  private finish(outcome: JournalOutcome): void {
    clearTimeout(this.timer);
    const { batch = [], end = this.position } = this.inFlight ?? {};
    this.inFlight = undefined;
    this.failure = undefined;
    this.outage = 'failure' in outcome ? outcome.failure : undefined;
    if ('failure' in outcome) {
      this.rejectAll(batch, outcome.failure);
      this.probeLater();
    } else {
      const first = this.position.sequence + 1;
      this.position = end;
      this.length = outcome.length;
      if (outcome.rotated) this.rotation?.rotated();
      const records = this.written.records + batch.length;
      if (batch.length > 0) this.written = { ...this.written, records, lastWrite: new Date() };
      batch.forEach(({ resolve }, index) => resolve(first + index));
    }
    this.commit();
  }

  /** What was not written in time is refused although it may be written yet: too much stands there then, never too little. */
  private late(): void {
    this.failure = `no answer from the disk within ${this.settings.deadlineMs} ms`;
    const refused = [...(this.inFlight?.batch ?? []), ...this.waiting];
    this.waiting = [];
    this.rejectAll(refused, this.failure);
  }

  private rejectAll(refused: readonly Waiting[], reason: string): void {
    if (refused.length > 0) this.written = { ...this.written, failures: this.written.failures + refused.length };
    for (const { reject } of refused) reject(this.unavailable(reason));
  }

  private tellWhenIdle(): void {
    if (this.inFlight === undefined && this.waiting.length === 0) this.ended?.();
  }

  private unavailable(reason: string): RcsError {
    return new RcsError('RCS_AUDIT_UNAVAILABLE', `the journal ${this.settings.file} cannot be written: ${reason}`, {
      retryAfterMs,
    });
  }
}

/** @throws Error before a thread is started for a file that it cannot write. */
function checkWritable(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  accessSync(path, constants.R_OK | constants.W_OK);
}
