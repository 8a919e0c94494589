import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { RcsError } from '#platform';
import type { StorageObserver } from '../media-storage-configuration.js';
import { parseContentRange, validatorsOf, type Validators } from './response-validators.js';
import { statusError, storageError } from './storage-errors.js';
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
const highWaterMark = 256 * 1024;

/** The bytes of one range of a file: exactly these, of exactly the file that was opened, or an error. */
export class RangeStream extends Readable {
  private body: Dispatcher.ResponseData['body'] | undefined;
  /** Next byte of the file that is wanted. */
  private position: number;
  /** Bytes to pass over because the storage ignored the range. */
  private skip = 0;
  private wholeFile = false;
  private resumptions = 0;
  private started = false;
  private complete = false;
  private total: NodeJS.Timeout | undefined;
  private readonly abort = new AbortController();
  private readonly onCallerAbort = (): void => this.abort.abort(this.request.signal.reason);

  constructor(
    private readonly connection: WebDavConnection,
    private readonly observer: StorageObserver,
    private readonly request: RangeRequest,
  ) {
    super({ highWaterMark });
    this.position = request.start;
  }

  override _read(): void {
    if (this.started) this.body?.resume();
    else this.start();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.total);
    this.request.signal.removeEventListener('abort', this.onCallerAbort);
    if (!this.complete) this.abort.abort(error ?? new Error('nobody reads any more'));
    this.body?.destroy();
    callback(error);
  }

  private start(): void {
    this.started = true;
    const { signal } = this.request;
    if (signal.aborted) this.onCallerAbort();
    else signal.addEventListener('abort', this.onCallerAbort, { once: true });
    const { name, totalTimeoutMs } = this.connection;
    const tooLong = (): void => {
      this.destroy(
        new RcsError('RCS_STORAGE_TIMEOUT', `a transfer from storage ${name} took more than ${totalTimeoutMs} ms`),
      );
    };
    this.total = setTimeout(tooLong, totalTimeoutMs);
    this.begin();
  }

  private begin(): void {
    this.fetch().catch((error: unknown) => this.destroy(error as Error));
  }

  private async fetch(): Promise<void> {
    const { target, end } = this.request;
    const response = await this.connection.request(
      'GET',
      target,
      `bytes=${this.position}-${end - 1}`,
      this.abort.signal,
    );
    const { body } = response;
    body.on('error', () => undefined);
    try {
      this.skip = this.checkAnswer(response);
    } catch (error) {
      body.destroy();
      throw error;
    }
    this.body = body;
    body.on('data', (chunk: Buffer) => this.accept(chunk));
    body.on('end', () =>
      this.brokeOff(new RcsError('RCS_STORAGE_FAILED', `storage ${this.connection.name} ended the body too early`)),
    );
    body.on('error', (error: Error) => this.brokeOff(error));
  }

  /** The number of bytes before the range that the storage is going to send. */
  private checkAnswer(response: Dispatcher.ResponseData): number {
    const { target, end, size, validators } = this.request;
    const { statusCode, headers } = response;
    if (statusCode !== 200 && statusCode !== 206 && statusCode !== 416)
      throw statusError(statusCode, this.connection.name, target);
    const contentRange = parseContentRange(headers['content-range']);
    const total = statusCode === 200 ? Number(headers['content-length']) : contentRange?.size;
    if (total !== size || !sameState(validatorsOf(response), validators)) {
      throw new RcsError(
        'RCS_STORAGE_CHANGED',
        `${target} in storage ${this.connection.name} is not what it was when it was opened`,
      );
    }
    this.wholeFile = statusCode === 200;
    if (this.wholeFile) {
      this.observer.rangeIgnored();
      return this.position;
    }
    if (contentRange?.start === this.position && contentRange.end === end) return 0;
    throw new RcsError(
      'RCS_STORAGE_FAILED',
      `storage ${this.connection.name} answered another range than was asked for`,
    );
  }

  private accept(received: Buffer): void {
    if (this.destroyed) return;
    this.observer.received(received.length);
    const skipped = Math.min(this.skip, received.length);
    this.skip -= skipped;
    const chunk = received.subarray(skipped, skipped + this.request.end - this.position);
    this.position += chunk.length;
    const wantsMore = chunk.length === 0 || this.push(chunk);
    if (this.position === this.request.end) this.finish();
    else if (!wantsMore) this.body?.pause();
  }

  /** All is there. A storage that ignored the range goes on sending: that is cut off. */
  private finish(): void {
    const { body } = this;
    this.body = undefined;
    if (this.wholeFile && this.position < this.request.size) body?.destroy();
    this.complete = true;
    this.push(null);
  }

  private brokeOff(error: Error): void {
    if (this.body === undefined || this.destroyed) return;
    this.body = undefined;
    if (this.abort.signal.aborted || this.resumptions >= maximumResumptions) {
      this.destroy(storageError(error, this.connection.name, this.abort.signal) as Error);
      return;
    }
    this.resumptions++;
    this.begin();
  }
}

function sameState(now: Validators, then: Validators): boolean {
  return now.entityTag === then.entityTag && now.lastModified?.getTime() === then.lastModified?.getTime();
}
