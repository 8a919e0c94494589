import type { Socket } from 'node:net';
import type { OwnWorkerAnswer } from '#contracts';
import {
  AnswerError,
  ArrivalSlab,
  HeadBytes,
  parseAnswerHead,
  type AnswerHead,
  type AnswerPlace,
  type SilenceWatch,
  type Waiting,
} from '#http-answers';
import { AnswerBody, type BodyOrigin } from './answer-body.js';

/** Times in milliseconds. */
export interface AnswerTimes {
  /** Until a connection stands. */
  readonly connect: number;
  /** From a request to the head of its answer. */
  readonly head: number;
  /** Between two pieces of a body that somebody reads. */
  readonly body: number;
  /** That a connection without a request is kept. */
  readonly idle: number;
}

/** A request that has been written down, and who waits for its answer. */
export interface Question {
  readonly text: string;
  readonly encoding: 'latin1' | 'utf8';
  /** The connection that it goes over, as long as its answer is waited for. */
  takenBy: Pick<AnswerConnection, 'giveUp'> | undefined;
  answered(answer: OwnWorkerAnswer): void;
  failed(error: Error): void;
}

/** Who keeps the connection. */
export interface ConnectionKeeper {
  /** Another request may be sent. */
  free(connection: AnswerConnection): void;
  /** It is closed, or about to be. */
  gone(connection: AnswerConnection): void;
}

type State = 'connecting' | 'idle' | 'head' | 'body' | 'ended' | 'over';

/** Before it is known how much comes: a head, and the beginning of a body. An idle connection holds no more. */
const firstBytes = 16 * 1024;
/** Of a body that is taken as it comes. */
const pieceBytes = 128 * 1024;
/** Of short bodies, which are what a player is sent that takes little. */
const shortPieceBytes = 64 * 1024;
const shortBodyBytes = 512 * 1024;

/**
 * One connection to a worker: a request and its answer after the other. The bytes of a body go where the system writes them,
 * several reads and TLS records behind one another, and are handed on together. A connection whose answer was not read to
 * its end is never used again.
 */
export class AnswerConnection implements BodyOrigin, Waiting {
  private readonly socket: Socket;
  private readonly slab = new ArrivalSlab(firstBytes);
  private state: State = 'connecting';
  private since = performance.now();
  private question: Question | undefined;
  private headBytes = new HeadBytes();
  private body: AnswerBody | undefined;
  /** Of the body, bytes that have not come. */
  private missing = 0;
  private isLong = false;
  private isKept = true;
  /** Nothing is read until the body is wanted again. */
  private isStopped = false;
  private handsOnSoon = false;
  private readonly handOnNow = (): void => {
    this.handsOnSoon = false;
    if (this.state !== 'body') return;
    this.handOn(this.slab.take());
    if (this.isStopped) this.socket.pause();
  };
  private readonly beFree = (): void => {
    if (this.state !== 'ended') return;
    if (!this.isKept) return this.destroy();
    const { body } = this;
    this.body = undefined;
    this.isStopped = false;
    this.socket.resume();
    this.enter('idle');
    this.keeper.free(this);
    // Whoever reads it to its end finds the connection free.
    body?.push(null);
  };

  /** @param question the first one, sent as soon as the connection stands */
  constructor(
    place: AnswerPlace,
    private readonly times: AnswerTimes,
    private readonly watch: SilenceWatch,
    private readonly keeper: ConnectionKeeper,
    question: Question,
  ) {
    this.take(question);
    this.socket = place.connect({ buffer: () => this.slab.room, callback: count => this.onBytes(count) });
    this.socket.once(place.standsAt, () => this.onStanding());
    this.socket.on('error', error => this.fail(error));
    this.socket.on('end', () => this.fail(new AnswerError('the worker closed the connection')));
    this.socket.on('close', () => this.fail(new AnswerError('the connection was closed')));
    watch.add(this);
  }

  /** Sends a request over a connection that is free. */
  ask(question: Question): void {
    this.take(question);
    this.enter('head');
    this.socket.write(question.text, question.encoding);
  }

  /** Nobody waits for this answer any more. */
  giveUp(question: Question): void {
    if (this.question === question) this.fail(new AnswerError('the answer is not wanted any more'));
  }

  /** Ends it, and what comes over it. */
  destroy(): void {
    this.fail(new AnswerError('the connection was given up'));
  }

  wanted(): void {
    if (!this.isStopped || this.state !== 'body') return;
    this.isStopped = false;
    this.since = performance.now();
    this.socket.resume();
  }

  left(body: AnswerBody): void {
    if (this.body === body && this.state === 'body') this.fail(new AnswerError('the body is not wanted any more'));
  }

  look(now: number): void {
    const { times, state } = this;
    const silent = now - this.since;
    if (state === 'connecting' && silent > times.connect) this.fail(unconnected());
    else if (state === 'head' && silent > times.head) this.fail(new AnswerError('the worker answers nothing'));
    else if (state === 'body' && !this.isStopped && silent > times.body)
      this.fail(new AnswerError('the rest of the answer does not come'));
    else if (state === 'idle' && silent > times.idle) this.destroy();
  }

  private take(question: Question): void {
    this.question = question;
    question.takenBy = this;
  }

  private onStanding(): void {
    const { question } = this;
    if (this.state !== 'connecting' || question === undefined) return;
    this.ask(question);
  }

  /** @returns whether more is to be read */
  private onBytes(count: number): boolean {
    this.since = performance.now();
    this.slab.came(count);
    try {
      if (this.state === 'body') this.onBody(count);
      else if (this.state === 'head') this.onHead(this.slab.take());
      else throw new AnswerError('bytes came that nobody asked for');
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    // The system writes to no place of no length.
    if (this.slab.isFull) this.slab.exchange(this.state === 'body' ? this.nextPieceBytes : firstBytes);
    return !this.isStopped;
  }

  private onHead(came: Buffer): void {
    for (let piece = came; ;) {
      const found = this.headBytes.add(piece);
      if (found === undefined) return;
      const head = parseAnswerHead(found.text);
      if (head.status === 101) throw new AnswerError('the worker changes the protocol');
      if (head.status >= 200) return this.begin(head, found.rest);
      piece = found.rest;
    }
  }

  private begin({ status, headers, length, isKept }: AnswerHead, rest: Buffer): void {
    const { question } = this;
    if (rest.length > length) throw new AnswerError('more came than the head said');
    this.isLong = length > shortBodyBytes;
    this.body = new AnswerBody(this, this.isLong ? pieceBytes : shortPieceBytes);
    this.missing = length - rest.length;
    this.isKept = isKept;
    this.question = undefined;
    this.enter('body');
    if (this.missing > 0) this.slab.exchange(this.nextPieceBytes);
    if (rest.length > 0) this.handOn(rest);
    question?.answered({ statusCode: status, headers, body: this.body });
    if (this.missing === 0) this.end();
  }

  private onBody(count: number): void {
    this.missing -= count;
    if (this.missing === 0) {
      this.handOn(this.slab.take());
      this.end();
    } else if (this.slab.isFull) this.handOn(this.slab.take());
    else this.handOnSoon();
  }

  /** What else comes in this turn goes with it. */
  private handOnSoon(): void {
    if (this.handsOnSoon) return;
    this.handsOnSoon = true;
    setImmediate(this.handOnNow);
  }

  private handOn(piece: Buffer): void {
    if (piece.length > 0 && this.body?.push(piece) === false && this.state === 'body') this.isStopped = true;
  }

  private end(): void {
    if (this.state !== 'body') return;
    this.enter('ended');
    // Nothing of this body stays with the connection.
    this.slab.exchange(firstBytes);
    // What the worker sends behind it comes in this turn, and is no answer to anybody.
    setImmediate(this.beFree);
  }

  private fail(error: Error): void {
    const { state, question, body } = this;
    if (state === 'over') return;
    this.enter('over');
    this.watch.delete(this);
    this.socket.destroy();
    this.question = undefined;
    this.body = undefined;
    question?.failed(error);
    if (state === 'body') body?.destroy(error);
    else if (state === 'ended') body?.push(null);
    this.keeper.gone(this);
  }

  private get nextPieceBytes(): number {
    return Math.min(this.missing, this.isLong ? pieceBytes : shortPieceBytes);
  }

  private enter(state: State): void {
    this.state = state;
    this.since = performance.now();
  }
}

function unconnected(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT', syscall: 'connect' });
}
