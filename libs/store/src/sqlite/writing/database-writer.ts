import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RcsError, type ErrorCode } from '#platform';
import type { BatchOutcome, WriteOperations, WriteOutcome, WriteRequest } from './write-operation.js';

/** What the thread is started with. */
export interface DatabaseWriterThreadData {
  readonly file: string;
  readonly busyTimeoutMs: number;
  /** Absent in the thread that writes documents. */
  readonly auditWriter?: string;
}

export type DatabaseWriterMessage = { readonly requests: readonly WriteRequest[] } | 'close';

export interface DatabaseWriterOptions {
  readonly thread: DatabaseWriterThreadData;
  /** What writes, for messages: "the audit log". */
  readonly what: string;
  /** The code of a write that the database cannot take. */
  readonly unavailable: ErrorCode;
  /** How long one write may take, waiting included, in milliseconds. */
  readonly deadlineMs: number;
  /** How many writes may wait. */
  readonly queueLimit: number;
}

interface PendingWrite {
  readonly request: WriteRequest;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RcsError) => void;
}

const largestBatch = 512;
const retryAfterMs = 1000;
const threadRestartDelayMs = 1000;

/**
 * Writes to one database through a thread. While the thread commits a batch, further writes gather and become the next
 * one: the busier, the fewer syncs per write.
 */
export class DatabaseWriter<Operations extends WriteOperations> {
  private thread: Worker | undefined;
  private threadFailure: unknown;
  private startThreadNotBefore = 0;
  private inFlight: readonly PendingWrite[] | undefined;
  private dispatchScheduled = false;
  private closing: Promise<void> | undefined;
  private drained: (() => void) | undefined;
  /** In the order of arrival; a write whose time is over leaves it from anywhere. */
  private readonly waiting = new Set<PendingWrite>();

  constructor(private readonly options: DatabaseWriterOptions) {}

  /**
   * Durable when it resolves. A write already handed to the thread may still happen after its deadline.
   * @throws RcsError the code of the options, RCS_OVERLOADED, RCS_SHUTTING_DOWN, RCS_INTERNAL for a value that the
   * database refuses, or the code with which the operation refuses.
   */
  write<Name extends keyof Operations & string>(
    name: Name,
    input: Operations[Name]['input'],
  ): Promise<Operations[Name]['result']> {
    const { what, queueLimit } = this.options;
    if (this.closing !== undefined) return Promise.reject(new RcsError('RCS_SHUTTING_DOWN', `${what} is closed`));
    if (this.waiting.size >= queueLimit) {
      const message = `${what}: ${queueLimit} writes are waiting`;
      return Promise.reject(new RcsError('RCS_OVERLOADED', message, { retryAfterMs }));
    }
    return new Promise((resolve, reject) => {
      this.enqueue({ name, input }, resolve, reject);
    });
  }

  /** Carries out what waits, within the deadline of a write, then ends the thread. */
  close(): Promise<void> {
    this.closing ??= this.drainAndEndThread();
    return this.closing;
  }

  private enqueue(request: WriteRequest, resolve: (result: unknown) => void, reject: (error: RcsError) => void): void {
    const timer = setTimeout(() => {
      this.waiting.delete(pending);
      reject(this.unavailable(`no answer from the disk within ${this.options.deadlineMs} ms`));
      this.noticeDrained();
    }, this.options.deadlineMs);
    const pending: PendingWrite = {
      request,
      resolve: result => {
        clearTimeout(timer);
        resolve(result);
      },
      reject: error => {
        clearTimeout(timer);
        reject(error);
      },
    };
    this.waiting.add(pending);
    this.scheduleDispatch();
  }

  /** After the present turn, so that writes of the same turn share a batch. */
  private scheduleDispatch(): void {
    if (this.dispatchScheduled || this.inFlight !== undefined) return;
    this.dispatchScheduled = true;
    queueMicrotask(() => {
      this.dispatchScheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    if (this.inFlight !== undefined || this.waiting.size === 0) {
      this.noticeDrained();
      return;
    }
    const batch = this.takeBatch();
    this.inFlight = batch;
    try {
      this.post({ requests: batch.map(({ request }) => request) });
    } catch (error) {
      this.finishBatch({ failure: error instanceof Error ? error.message : String(error) });
    }
  }

  private takeBatch(): readonly PendingWrite[] {
    const batch: PendingWrite[] = [];
    for (const pending of this.waiting) {
      if (batch.length === largestBatch) break;
      this.waiting.delete(pending);
      batch.push(pending);
    }
    return batch;
  }

  private post(message: DatabaseWriterMessage): void {
    this.thread ??= this.startThread();
    this.thread.postMessage(message);
  }

  /** @throws Error while a thread that failed a moment ago is left alone. */
  private startThread(): Worker {
    if (performance.now() < this.startThreadNotBefore) {
      throw new Error('its thread stopped a moment ago', { cause: this.threadFailure });
    }
    this.startThreadNotBefore = performance.now() + threadRestartDelayMs;
    const thread = startWriterThread(this.options.thread);
    thread.on('message', (outcome: BatchOutcome) => this.finishBatch(outcome));
    thread.on('error', error => {
      this.threadFailure = error;
    });
    thread.on('exit', code => {
      if (this.thread === thread) this.thread = undefined;
      const reason = this.threadFailure instanceof Error ? this.threadFailure.message : `exit code ${code}`;
      this.finishBatch({ failure: `its thread stopped: ${reason}` });
    });
    return thread;
  }

  private finishBatch(outcome: BatchOutcome): void {
    const batch = this.inFlight ?? [];
    this.inFlight = undefined;
    for (const [index, pending] of batch.entries()) {
      if ('failure' in outcome) pending.reject(this.unavailable(outcome.failure));
      else this.finishWrite(pending, outcome.outcomes[index]);
    }
    this.dispatch();
  }

  private finishWrite(pending: PendingWrite, outcome: WriteOutcome | undefined): void {
    if (outcome !== undefined && 'result' in outcome) {
      pending.resolve(outcome.result);
      return;
    }
    if (outcome !== undefined && 'refusal' in outcome) {
      const { code, message, publicDetail } = outcome.refusal;
      pending.reject(new RcsError(code, message, publicDetail === undefined ? {} : { publicDetail }));
      return;
    }
    const reason = outcome?.failure ?? 'the thread gave no outcome';
    pending.reject(new RcsError('RCS_INTERNAL', `${this.options.what}: ${pending.request.name}: ${reason}`));
  }

  private unavailable(reason: string): RcsError {
    const { unavailable, what, thread } = this.options;
    return new RcsError(unavailable, `${what} (${thread.file}): ${reason}`, { retryAfterMs });
  }

  private noticeDrained(): void {
    if (this.waiting.size === 0 && this.inFlight === undefined) this.drained?.();
  }

  /** Every write ends by its deadline at the latest, so this wait ends; a thread that hangs in the kernel is cut off. */
  private async drainAndEndThread(): Promise<void> {
    const { deadlineMs } = this.options;
    const drained = new Promise<void>(resolve => {
      this.drained = resolve;
      this.noticeDrained();
    });
    await settledWithin(drained, deadlineMs);
    const { thread } = this;
    if (thread === undefined) return;
    const exited = new Promise<void>(resolve => thread.once('exit', () => resolve()));
    thread.postMessage('close' satisfies DatabaseWriterMessage);
    if (!(await settledWithin(exited, deadlineMs))) await thread.terminate();
  }
}

/** The thread's own file lies beside this one: compiled, or (in tests) as a source that it compiles while loading. */
function startWriterThread(workerData: DatabaseWriterThreadData): Worker {
  if (!__filename.endsWith('.ts')) return new Worker(join(__dirname, 'database-writer.thread.js'), { workerData });
  const loader = join(__dirname, '../../testing/typescript-loader.cjs');
  return new Worker(join(__dirname, 'database-writer.thread.ts'), { workerData, execArgv: ['--require', loader] });
}

async function settledWithin(work: Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const settled = await Promise.race([work.then(() => true as const), expiry]);
  clearTimeout(timer);
  return settled;
}
