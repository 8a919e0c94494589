import { RcsError, type ErrorCode } from '#platform';
import type { BatchOutcome, WriteOutcome, WriteRequest } from './write-request.js';

export interface WriteQueueOptions {
  /** What writes, for messages: "the audit log". */
  readonly what: string;
  /** Where it writes, for messages. */
  readonly place: string;
  /** The code of a write that the database cannot take. */
  readonly unavailable: ErrorCode;
  /** How long one write may take, waiting included, in milliseconds. */
  readonly deadlineMs: number;
  /** How many writes may wait. */
  readonly queueLimit: number;
}

/** Carries a batch out in one transaction, durable when it resolves. It never rejects. */
export type CommitBatch = (requests: readonly WriteRequest[]) => Promise<BatchOutcome>;

interface PendingWrite {
  readonly request: WriteRequest;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RcsError) => void;
}

const largestBatch = 512;
const retryAfterMs = 1000;

/** While a batch is committed, further writes gather and become the next one: the busier, the fewer syncs per write. */
export class WriteQueue {
  private inFlight = false;
  private dispatchScheduled = false;
  private closed = false;
  private drained: (() => void) | undefined;
  /** In the order of arrival; a write whose time is over leaves it from anywhere. */
  private readonly waiting = new Set<PendingWrite>();

  constructor(
    private readonly options: WriteQueueOptions,
    private readonly commit: CommitBatch,
  ) {}

  /**
   * Durable when it resolves. A write of a batch that was begun may still happen after its deadline.
   * @param deadlineMs of this one, milliseconds
   * @throws RcsError the code of the options, RCS_OVERLOADED, RCS_SHUTTING_DOWN, RCS_INTERNAL for a value that the
   * database refuses, or the code with which the operation refuses.
   */
  write(request: WriteRequest, deadlineMs = this.options.deadlineMs): Promise<unknown> {
    const { what, queueLimit } = this.options;
    if (this.closed) return Promise.reject(new RcsError('RCS_SHUTTING_DOWN', `${what} is closed`));
    if (this.waiting.size >= queueLimit) {
      const message = `${what}: ${queueLimit} writes are waiting`;
      return Promise.reject(new RcsError('RCS_OVERLOADED', message, { retryAfterMs }));
    }
    return new Promise((resolve, reject) => {
      this.enqueue(request, deadlineMs, resolve, reject);
    });
  }

  /** Refuses what comes, and resolves when all that waits was carried out: at the deadline of a write at the latest. */
  async close(): Promise<void> {
    this.closed = true;
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<void>(resolve => {
      timer = setTimeout(resolve, this.options.deadlineMs);
    });
    const drained = new Promise<void>(resolve => {
      this.drained = resolve;
      this.noticeDrained();
    });
    await Promise.race([drained, expired]);
    clearTimeout(timer);
  }

  private enqueue(
    request: WriteRequest,
    deadlineMs: number,
    resolve: (result: unknown) => void,
    reject: (error: RcsError) => void,
  ): void {
    const timer = setTimeout(() => {
      this.waiting.delete(pending);
      reject(this.unavailable(`no answer within ${deadlineMs} ms`));
      this.noticeDrained();
    }, deadlineMs);
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
    if (this.dispatchScheduled || this.inFlight) return;
    this.dispatchScheduled = true;
    queueMicrotask(() => {
      this.dispatchScheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    if (this.inFlight || this.waiting.size === 0) {
      this.noticeDrained();
      return;
    }
    const batch = this.takeBatch();
    this.inFlight = true;
    void this.commit(batch.map(({ request }) => request)).then(outcome => this.finishBatch(batch, outcome));
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

  private finishBatch(batch: readonly PendingWrite[], outcome: BatchOutcome): void {
    this.inFlight = false;
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
    const reason = outcome?.failure ?? 'there was no outcome';
    pending.reject(new RcsError('RCS_INTERNAL', `${this.options.what}: ${pending.request.name}: ${reason}`));
  }

  private unavailable(reason: string): RcsError {
    const { unavailable, what, place } = this.options;
    return new RcsError(unavailable, `${what} (${place}): ${reason}`, { retryAfterMs });
  }

  private noticeDrained(): void {
    if (this.waiting.size === 0 && !this.inFlight) this.drained?.();
  }
}
