import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { AnswerError } from '#http-answers';
import { RcsError } from '#platform';
import type { StorageObserver } from '../media-storage-configuration.js';
import { abortReason, bodyError, exchangeError, isConnectionLoss } from './storage-errors.js';
import type { RequestDispatcher } from './storage-dispatcher.js';
import type { RequestCredentials } from './webdav-credentials.js';

export interface StorageRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'MKCOL' | 'PROPFIND' | 'DELETE' | 'MOVE';
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
  readonly signal: AbortSignal;
  /** For the whole exchange, with its body. */
  readonly totalTimeoutMs: number;
}

/** The head of an answer. */
export interface StorageAnswer {
  readonly status: number;
  /** By names in lower case. What came in several lines is one list (RFC 9110, 5.3), whichever field it is. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes one answer: its head, its body in pieces, and then its end or an error. */
export interface AnswerReceiver {
  /** What is thrown here fails the exchange. */
  head(answer: StorageAnswer): void;
  data(chunk: Buffer): void;
  end(): void;
  failed(error: unknown): void;
}

/** What exchanges with one storage have in common. */
export interface StorageAccess {
  readonly name: string;
  readonly dispatcher: RequestDispatcher;
  readonly credentials: RequestCredentials;
  readonly observer: StorageObserver;
  /** For a request to find a free connection, or to open one. */
  readonly connectionTimeoutMs: number;
}

/** A 401 leads to one more try, and a stale nonce to another. */
const maximumChallenges = 2;
/** Bodies that nobody wants are read up to here, so that the connection can be kept. */
const maximumDiscardedBytes = 64 * 1024;
/** And so long: a storage that sends a byte now and then would keep the connection from everybody. */
const restTimeoutMs = 1000;

/**
 * One request to a storage and its answer: answers challenges, and asks once more when a kept connection turns out to be
 * closed. A body waits in no other buffer than the receiver's own.
 */
export class StorageExchange {
  private controller: Dispatcher.DispatchController | undefined;
  private state: 'waiting' | 'receiving' | 'over' = 'waiting';
  private challenges = 0;
  private repeated = false;
  /** How it is asked for, once the answer was one that not everybody reads. */
  private way: 'undici' | undefined;
  private askedAt = process.hrtime.bigint();
  private readonly total: NodeJS.Timeout;
  private connecting: NodeJS.Timeout | undefined;
  private rest: NodeJS.Timeout | undefined;
  private readonly onSignal = (): void => this.fail(abortReason(this.request.signal, this.access.name));

  constructor(
    private readonly access: StorageAccess,
    private readonly request: StorageRequest,
    private readonly receiver: AnswerReceiver,
  ) {
    const { signal, totalTimeoutMs } = request;
    const tooLong = `a transfer with storage ${access.name} took longer than ${totalTimeoutMs} ms`;
    this.total = setTimeout(() => this.fail(new RcsError('RCS_STORAGE_TIMEOUT', tooLong)), totalTimeoutMs);
    if (signal.aborted) queueMicrotask(this.onSignal);
    else {
      signal.addEventListener('abort', this.onSignal, { once: true });
      this.dispatch();
    }
  }

  pause(): void {
    this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  /** Ends the exchange without a word to the receiver. */
  cancel(): void {
    if (!this.settle()) return;
    this.controller?.abort(new Error('the answer is not wanted any more'));
  }

  /** Like `cancel`, but reads a short rest, so that the connection can be kept. */
  discard(): void {
    if (!this.settle()) return;
    this.boundRest();
    this.controller?.resume();
  }

  private dispatch(): void {
    const { access, request } = this;
    const { method, target, body } = request;
    const sent = access.credentials.authorization(method, target);
    const headers = sent === undefined ? request.headers : { ...request.headers, authorization: sent };
    this.controller = undefined;
    this.askedAt = process.hrtime.bigint();
    this.connecting = setTimeout(() => this.noConnection(), access.connectionTimeoutMs);
    // A stream may wait for whoever fills it, and its answer with it: that is no silence of the storage.
    const patience = body instanceof Readable ? { headersTimeout: request.totalTimeoutMs } : {};
    const options = { method, path: target, headers, body: body ?? null, ...patience };
    access.dispatcher.dispatch(options, this.handler(sent), this.way);
  }

  /** Every attempt has a handler of its own: the late end of one is not taken for that of the next. */
  private handler(sent: string | undefined): Dispatcher.DispatchHandler {
    let challenged = false;
    let discarded = 0;
    const again = (): void => {
      if (this.state === 'waiting') this.dispatch();
    };
    return {
      onRequestStart: controller => {
        clearTimeout(this.connecting);
        this.controller = controller;
        if (this.state === 'over') controller.abort(new Error('the answer is not wanted any more'));
      },
      onResponseStart: (_controller, status, headers) => {
        if (this.state !== 'waiting') return;
        this.access.observer.requested(status, this.secondsSinceAsked());
        const answer = { status, headers: singleValues(headers) };
        challenged = status === 401 && this.mayAnswer(answer, sent);
        if (challenged) this.boundRest();
        else this.begin(answer);
      },
      onResponseData: (controller, chunk) => {
        if (!challenged && this.state === 'receiving') {
          this.receiver.data(chunk);
          return;
        }
        discarded += chunk.length;
        if (discarded > maximumDiscardedBytes) controller.abort(new Error('the rest of the answer is not wanted'));
      },
      onResponseEnd: () => {
        clearTimeout(this.rest);
        if (challenged) again();
        else if (this.state === 'receiving' && this.settle()) this.receiver.end();
      },
      onResponseError: (_controller, error) => {
        clearTimeout(this.connecting);
        clearTimeout(this.rest);
        if (challenged) again();
        else this.broken(error);
      },
    };
  }

  private begin(answer: StorageAnswer): void {
    this.state = 'receiving';
    try {
      this.receiver.head(answer);
    } catch (error) {
      if (!this.settle()) return;
      this.boundRest();
      this.receiver.failed(error);
    }
  }

  /** What is still coming is not wanted, and may come for a moment only. */
  private boundRest(): void {
    const { controller } = this;
    this.rest = setTimeout(() => controller?.abort(new Error('the rest of the answer takes too long')), restTimeoutMs);
    this.rest.unref();
  }

  private mayAnswer({ headers }: StorageAnswer, sent: string | undefined): boolean {
    if (this.challenges++ >= maximumChallenges) return false;
    const makesSense = this.access.credentials.challenged(headers['www-authenticate'] ?? '', sent);
    // A stream is gone; whoever can open it again finds the challenge answered.
    return makesSense && !(this.request.body instanceof Readable);
  }

  private broken(error: unknown): void {
    const { method } = this.request;
    if (this.state === 'waiting' && error instanceof AnswerError && this.way === undefined) {
      this.way = 'undici';
      this.dispatch();
      return;
    }
    const idempotent = method === 'GET' || method === 'HEAD';
    if (this.state === 'waiting' && idempotent && !this.repeated && isConnectionLoss(error)) {
      this.repeated = true;
      this.dispatch();
      return;
    }
    const { name } = this.access;
    this.fail(this.state === 'receiving' ? bodyError(error, name) : exchangeError(error, name));
  }

  private noConnection(): void {
    const message = `no connection to storage ${this.access.name} became free in time`;
    this.fail(new RcsError('RCS_OVERLOADED', message, { retryAfterMs: 1000 }));
  }

  private fail(error: unknown): void {
    const answered = this.state === 'receiving';
    if (!this.settle()) return;
    if (!answered) this.access.observer.requested('failed', this.secondsSinceAsked());
    this.controller?.abort(error instanceof Error ? error : new Error('the exchange was given up'));
    this.receiver.failed(error);
  }

  private secondsSinceAsked(): number {
    return Number(process.hrtime.bigint() - this.askedAt) / 1e9;
  }

  private settle(): boolean {
    if (this.state === 'over') return false;
    this.state = 'over';
    clearTimeout(this.total);
    clearTimeout(this.connecting);
    this.request.signal.removeEventListener('abort', this.onSignal);
    return true;
  }
}

function singleValues(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
