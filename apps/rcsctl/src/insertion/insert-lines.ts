import { setTimeout as delay } from 'node:timers/promises';
import { GatewayAnswerError, type GatewayClient } from '../gateway-client/gateway-client.js';
import { longestLine, type InputLine } from './json-lines.js';
import type { LineProgress } from './line-progress.js';

export interface LineInsertionJob {
  readonly gateway: Pick<GatewayClient, 'insert'>;
  readonly contactCenter: string;
  readonly progress: LineProgress;
  /** Insertions under way at once. */
  readonly concurrency: number;
  /** More refused lines than these end the run. */
  readonly maximumFailures: number;
  /** How long a gateway that is away is waited for. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** So many bytes of the input are done. */
  readonly advance: (bytes: number) => void;
  /** Told once: the gateway is away, and why. */
  readonly onWait: (why: string) => void;
}

export interface LineFailure {
  readonly line: number;
  readonly id?: string;
  readonly error: string;
}

export interface InsertionSummary {
  readonly lines: number;
  readonly created: number;
  readonly unchanged: number;
  /** Done by an earlier run. */
  readonly skipped: number;
  readonly failed: readonly LineFailure[];
  readonly warned: number;
  readonly warnings: readonly { readonly line: number; readonly id: string; readonly warnings: readonly string[] }[];
}

const mostWarnings = 1000;
const firstPauseMs = 250;
const longestPauseMs = 5000;

/** Inserts a recording for every line. A line that is refused is noted; a gateway that is away is waited for, not blamed on lines. */
export class LineInsertion {
  private lines = 0;
  private created = 0;
  private unchanged = 0;
  private skipped = 0;
  private warned = 0;
  private readonly failed: LineFailure[] = [];
  private readonly warnings: InsertionSummary['warnings'][number][] = [];
  private hasWaited = false;
  private stop: { readonly error: unknown } | undefined;

  constructor(private readonly job: LineInsertionJob) {}

  /** @throws Error when the gateway stays away, refuses the recorder, or too many lines fail; what is done is noted. */
  async run(input: AsyncIterable<InputLine>): Promise<InsertionSummary> {
    const iterator = input[Symbol.asyncIterator]();
    try {
      await Promise.all(Array.from({ length: this.job.concurrency }, () => this.work(iterator)));
    } finally {
      await this.job.progress.save();
    }
    if (this.stop !== undefined) throw this.stop.error;
    this.job.progress.requireEnd(this.lines);
    return this.summary();
  }

  summary(): InsertionSummary {
    const { lines, created, unchanged, skipped, warned, warnings } = this;
    const failed = [...this.failed].sort((one, other) => one.line - other.line);
    return { lines, created, unchanged, skipped, failed, warned, warnings };
  }

  private async work(input: AsyncIterator<InputLine>): Promise<void> {
    try {
      while (this.stop === undefined) {
        this.job.signal.throwIfAborted();
        const next = await input.next();
        if (next.done === true) return;
        await this.take(next.value);
      }
    } catch (error) {
      this.stop ??= { error };
    }
  }

  private async take({ number, bytes, text }: InputLine): Promise<void> {
    this.lines = Math.max(this.lines, number);
    const { progress } = this.job;
    const key = text ?? '';
    if (progress.isDone(number, key)) this.skipped++;
    else await progress.note(number, key, text === '' || (await this.insertLine(number, text)));
    this.job.advance(bytes);
  }

  /** Whether the line is inserted. */
  private async insertLine(line: number, text: string | undefined): Promise<boolean> {
    const recording = text === undefined ? tooLong : objectIn(text);
    if (typeof recording === 'string') return this.fail({ line, error: recording });
    const id = 'id' in recording && typeof recording.id === 'string' ? recording.id : undefined;
    try {
      const { isNew, resource } = await this.patiently(recording);
      const { warnings = [] } = resource;
      if (isNew) this.created++;
      else this.unchanged++;
      if (warnings.length > 0 && ++this.warned <= mostWarnings) this.warnings.push({ line, id: id ?? '', warnings });
      return true;
    } catch (error) {
      if (!isFaultOfLine(error)) throw error;
      return this.fail({ line, ...(id === undefined ? {} : { id }), error: error.reason });
    }
  }

  private fail(failure: LineFailure): false {
    this.failed.push(failure);
    if (this.failed.length > this.job.maximumFailures) {
      throw new Error(
        `more than ${this.job.maximumFailures} lines were refused, the last of them line ${failure.line} ` +
          `(${failure.error}): correct the file, or allow more with --max-failures`,
      );
    }
    return false;
  }

  private tellOfWait(error: unknown): void {
    if (this.hasWaited) return;
    this.hasWaited = true;
    this.job.onWait(error instanceof Error ? error.message : String(error));
  }

  private async patiently(recording: object): ReturnType<GatewayClient['insert']> {
    const { gateway, contactCenter, patienceMs, signal } = this.job;
    const until = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        return await gateway.insert(contactCenter, recording);
      } catch (error) {
        if (!mayPass(error) || performance.now() + pauseMs > until) throw error;
        this.tellOfWait(error);
      }
      await delay(pauseMs, undefined, { signal });
    }
  }
}

const tooLong = `it is longer than ${longestLine} bytes`;

function objectIn(text: string): object | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : 'it is no JSON object';
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What says something about this one recording; another recording may be taken. */
const statusesOfLines: ReadonlySet<number> = new Set([400, 409, 413, 422]);

const isFaultOfLine = (error: unknown): error is GatewayAnswerError =>
  error instanceof GatewayAnswerError && statusesOfLines.has(error.status);

const mayPass = (error: unknown): boolean =>
  !(error instanceof GatewayAnswerError) || error.status >= 500 || error.status === 429 || error.status === 408;
