import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WriteQueue, type WriteQueueOptions } from '../../group-commit/write-queue.js';
import type { BatchOutcome, WriteRequest } from '../../group-commit/write-request.js';
import type { WriteOperations } from './write-operation.js';

/** What the thread is started with. */
export interface DatabaseWriterThreadData {
  readonly file: string;
  readonly busyTimeoutMs: number;
  /** Absent in the thread that writes documents. */
  readonly auditWriter?: string;
}

export type DatabaseWriterMessage = { readonly requests: readonly WriteRequest[] } | 'close';

export interface DatabaseWriterOptions extends Omit<WriteQueueOptions, 'place'> {
  readonly thread: DatabaseWriterThreadData;
  /** A thread that has had nothing to write for so long ends, and the next write starts one; milliseconds. It stays when absent. */
  readonly threadIdleMs?: number;
}

const threadRestartDelayMs = 1000;

/** Writes to one database through a thread, which commits in groups. */
export class DatabaseWriter<Operations extends WriteOperations> {
  private readonly queue: WriteQueue;
  private thread: Worker | undefined;
  private threadFailure: unknown;
  private startThreadNotBefore = 0;
  private finishBatch: ((outcome: BatchOutcome) => void) | undefined;
  private closing: Promise<void> | undefined;
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: DatabaseWriterOptions) {
    this.queue = new WriteQueue({ ...options, place: options.thread.file }, requests => this.commit(requests));
  }

  /** As of `WriteQueue`. */
  write<Name extends keyof Operations & string>(
    name: Name,
    input: Operations[Name]['input'],
  ): Promise<Operations[Name]['result']> {
    return this.queue.write({ name, input });
  }

  /**
   * Starts the thread and tries whether it can write.
   * @param patienceMs milliseconds: on a busy machine a thread takes longer to start than a write may
   */
  async start(patienceMs: number): Promise<void> {
    await this.queue.write({ name: 'probe', input: null }, Math.max(patienceMs, this.options.deadlineMs));
  }

  /** Carries out what waits, within the deadline of a write, then ends the thread. */
  close(): Promise<void> {
    this.closing ??= this.drainAndEndThread();
    return this.closing;
  }

  private async commit(requests: readonly WriteRequest[]): Promise<BatchOutcome> {
    clearTimeout(this.idle);
    const outcome = await this.commitIn(requests);
    const { threadIdleMs } = this.options;
    if (threadIdleMs !== undefined) this.idle = setTimeout(() => this.restThread(), threadIdleMs).unref();
    return outcome;
  }

  private commitIn(requests: readonly WriteRequest[]): Promise<BatchOutcome> {
    return new Promise(resolve => {
      this.finishBatch = resolve;
      try {
        this.thread ??= this.startThread();
        this.thread.postMessage({ requests } satisfies DatabaseWriterMessage);
      } catch (error) {
        resolve({ failure: error instanceof Error ? error.message : String(error) });
      }
    });
  }

  /** @throws Error while a thread that failed a moment ago is left alone. */
  private startThread(): Worker {
    if (performance.now() < this.startThreadNotBefore) {
      throw new Error('its thread stopped a moment ago', { cause: this.threadFailure });
    }
    this.startThreadNotBefore = performance.now() + threadRestartDelayMs;
    const thread = startWriterThread(this.options.thread);
    thread.on('message', (outcome: BatchOutcome) => this.finishBatch?.(outcome));
    thread.on('error', error => {
      this.threadFailure = error;
    });
    thread.on('exit', code => {
      if (this.thread !== thread) return;
      this.thread = undefined;
      const reason = this.threadFailure instanceof Error ? this.threadFailure.message : `exit code ${code}`;
      this.finishBatch?.({ failure: `its thread stopped: ${reason}` });
    });
    return thread;
  }

  /** It has nothing under way: what comes now has a thread of its own. */
  private restThread(): void {
    const { thread } = this;
    if (thread === undefined || this.closing !== undefined) return;
    this.thread = undefined;
    this.startThreadNotBefore = 0;
    thread.postMessage('close' satisfies DatabaseWriterMessage);
  }

  /** A thread that hangs in the kernel is cut off. */
  private async drainAndEndThread(): Promise<void> {
    await this.queue.close();
    clearTimeout(this.idle);
    const { thread } = this;
    if (thread === undefined) return;
    const exited = new Promise<void>(resolve => thread.once('exit', () => resolve()));
    thread.postMessage('close' satisfies DatabaseWriterMessage);
    if (!(await settledWithin(exited, this.options.deadlineMs))) await thread.terminate();
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
