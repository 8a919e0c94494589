import { Readable } from 'node:stream';
import { RcsError } from '#platform';
import { partOf, type Piece } from '#spent-memory';
import type { StorageObserver } from '../media-storage-configuration.js';
import {
  contentLengthOf,
  isCoded,
  isPartAsWhole,
  parseContentRange,
  sameState,
  validatorsOf,
  type Validators,
} from './response-validators.js';
import { codedError, partAsWholeError, statusError } from './storage-errors.js';
import type { AnswerReceiver, StorageAnswer, StorageExchange } from './storage-exchange.js';
import type { WebDavConnection } from './webdav-connection.js';

export interface RangeRequest {
  readonly target: string;
  readonly start: number;
  readonly end: number;
  /** What the file was when it was opened. */
  readonly size: number;
  readonly validators: Validators;
  readonly signal: AbortSignal;
}

/** A body that broke off is taken up again this often, from the exact byte. */
const maximumResumptions = 2;
/** One piece as it comes from the socket: all that a stalled reader costs. */
const highWaterMark = 64 * 1024;
/** A reader that takes nothing for so long keeps no connection, which are few: the rest is asked for when it wants more. */
const letGoAfterMs = 2000;

/** The bytes of one range of a file: exactly these, of exactly the file that was opened, or an error. */
export class RangeStream extends Readable implements AnswerReceiver {
  private exchange: StorageExchange | undefined;
  /** Next byte of the file that is wanted. */
  private position: number;
  /** Bytes to pass over because the storage ignored the range. */
  private skip = 0;
  private answered = false;
  private resumptions = 0;
  private deadline: number | undefined;
  private pausedAt: number | undefined;
  private stalled: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: WebDavConnection,
    private readonly observer: StorageObserver,
    private readonly request: RangeRequest,
  ) {
    super({ highWaterMark });
    this.position = request.start;
  }

  override _read(): void {
    this.pausedAt = undefined;
    if (this.deadline !== undefined) {
      this.exchange?.resume();
      return;
    }
    this.deadline = performance.now() + this.connection.totalTimeoutMs;
    this.begin(this.deadline);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.stalled);
    this.exchange?.cancel();
    callback(error);
  }

  head(answer: StorageAnswer): void {
    this.skip = this.checkAnswer(answer);
    this.answered = true;
  }

  data(received: Piece): void {
    this.observer.received(received.length);
    const skipped = Math.min(this.skip, received.length);
    this.skip -= skipped;
    const chunk = partOf(received, skipped, skipped + this.request.end - this.position);
    if (chunk.length === 0) return;
    this.position += chunk.length;
    const wantsMore = this.push(chunk);
    if (this.position === this.request.end) this.finish();
    else if (!wantsMore) this.holdBack();
  }

  end(): void {
    this.failed(new RcsError('RCS_STORAGE_FAILED', `storage ${this.connection.name} ended the body too early`));
  }

  failed(error: unknown): void {
    if (this.deadline !== undefined && this.mayResume(error)) {
      this.resumptions++;
      this.begin(this.deadline);
    } else this.destroy(error instanceof Error ? error : new Error('the transfer was given up', { cause: error }));
  }

  private begin(deadline: number): void {
    const { target, end, signal } = this.request;
    const headers = { range: `bytes=${this.position}-${end - 1}`, 'accept-encoding': 'identity' };
    const totalTimeoutMs = Math.max(1, deadline - performance.now());
    this.answered = false;
    try {
      this.exchange = this.connection.exchange({ method: 'GET', target, headers, signal, totalTimeoutMs }, this);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  private holdBack(): void {
    this.exchange?.pause();
    this.pausedAt = performance.now();
    this.stalled ??= setTimeout(() => this.letGo(), letGoAfterMs);
  }

  /** One timer for all pauses of a stream: it may have been read from since it was started. */
  private letGo(): void {
    this.stalled = undefined;
    if (this.pausedAt === undefined || this.exchange === undefined || !this.isRecognisable) return;
    const rest = this.pausedAt + letGoAfterMs - performance.now();
    if (rest > 0) {
      this.stalled = setTimeout(() => this.letGo(), rest);
      return;
    }
    this.exchange.cancel();
    this.exchange = undefined;
    this.deadline = undefined;
  }

  /** All is there. A storage that ignored the range goes on sending: that is cut off. */
  private finish(): void {
    clearTimeout(this.stalled);
    this.exchange?.discard();
    this.exchange = undefined;
    this.push(null);
  }

  /** Only then is more of it asked for later: without any validator the rest could be that of another file. */
  private get isRecognisable(): boolean {
    const { entityTag, lastModified } = this.request.validators;
    return entityTag !== undefined || lastModified !== undefined;
  }

  private mayResume(error: unknown): boolean {
    return (
      this.answered &&
      !this.destroyed &&
      this.resumptions < maximumResumptions &&
      this.isRecognisable &&
      error instanceof RcsError &&
      error.code === 'RCS_STORAGE_FAILED'
    );
  }

  /** The number of bytes before the range that the storage is going to send. */
  private checkAnswer(answer: StorageAnswer): number {
    const { target, end, size, validators } = this.request;
    const { status, headers } = answer;
    const { name } = this.connection;
    if (status !== 200 && status !== 206 && status !== 416) throw statusError(status, name, target);
    if (status !== 416 && isCoded(answer)) throw codedError(name, target);
    if (isPartAsWhole(answer)) throw partAsWholeError(name, target);
    const contentRange = parseContentRange(headers['content-range']);
    const length = contentLengthOf(answer);
    if (status === 206 && contentRange === undefined)
      throw new RcsError('RCS_STORAGE_FAILED', `storage ${name} does not say which range of ${target} it sends`);
    // A storage that says no length here said it when it was asked for that alone; a body that ends too soon fails.
    const total = (status === 200 ? length : contentRange?.size) ?? size;
    // Every range that is asked for was inside the file when it was opened.
    if (status === 416 || total !== size || !sameState(validatorsOf(answer), validators)) {
      throw new RcsError('RCS_STORAGE_CHANGED', `${target} in storage ${name} is not what it was when it was opened`);
    }
    if (status === 200) {
      if (this.position > 0 || end < size) this.observer.rangeIgnored();
      return this.position;
    }
    const exact = contentRange?.start === this.position && contentRange.end === end;
    if (exact && (length === undefined || length === end - this.position)) return 0;
    throw new RcsError('RCS_STORAGE_FAILED', `storage ${name} answered another range than was asked for`);
  }
}
