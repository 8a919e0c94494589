import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
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

/** Times in milliseconds. */
export interface RangeTimes {
  /** Until a connection stands. */
  readonly connect: number;
  /** From a request to the head of its answer, whatever interim answers come. */
  readonly head: number;
  /** Between two pieces of a body that somebody takes. */
  readonly body: number;
  /** That a connection without a request is kept, unless the storage says less. */
  readonly idle: number;
}

/** A request for a body, and who takes the answer. */
export interface RangeQuestion {
  /** Request target. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Told an `AnswerError` of an answer that is not of the kind that is read here: nothing of it was handed on. */
  readonly handler: Dispatcher.DispatchHandler;
}

/** Who keeps the connection. */
export interface RangeKeeper {
  /** Another request may be sent. */
  free(connection: RangeConnection): void;
  /** It is closed, or about to be. */
  gone(connection: RangeConnection): void;
}

type State = 'connecting' | 'idle' | 'head' | 'body' | 'ended' | 'over';
type Controller = Pick<Dispatcher.DispatchController, 'pause' | 'resume' | 'abort'>;

/** Before it is known how much comes: a head, and the beginning of a body. An idle connection holds no more. */
const firstBytes = 16 * 1024;
/** Counted from the beginning of a body: whoever asks from the beginning of a block of the content tree gets whole blocks. */
const pieceBytes = 64 * 1024;
const secondMs = 1000;
/** RFC 2068, 19.7.1.1; widely sent, in no later standard. */
const keptFor = /(?:^|[\s,;])timeout=(\d{1,6})/i;

/** One connection to a storage: a request for a body and its answer after the other. What is odd of an answer ends it. */
export class RangeConnection implements Waiting {
  private readonly socket: Socket;
  private readonly slab = new ArrivalSlab(firstBytes);
  private state: State = 'connecting';
  private since = performance.now();
  private idleMs: number;
  private question: RangeQuestion | undefined;
  private controller: Controller | undefined;
  private headBytes = new HeadBytes();
  /** Of the body, bytes that came, and that have not come. */
  private offset = 0;
  private missing = 0;
  private isKept = true;
  /** Nothing is read until the body is wanted again. */
  private isStopped = false;
  private handsOnSoon = false;
  private readonly handOnNow = (): void => {
    this.handsOnSoon = false;
    if (this.state !== 'body') return;
    this.guard(() => this.handOn(this.slab.take()));
    if (this.isStopped) this.socket.pause();
  };
  private readonly beFree = (): void => {
    if (this.state !== 'ended') return;
    if (!this.isKept || this.idleMs <= 0) return this.fail(lost('it is not kept'));
    const { question, controller } = this;
    this.question = undefined;
    this.controller = undefined;
    this.isStopped = false;
    this.socket.resume();
    this.enter('idle');
    this.keeper.free(this);
    // Whoever is told of the end finds the connection free.
    question?.handler.onResponseEnd?.(controller as Dispatcher.DispatchController, {});
  };

  /** @param question the first one, sent as soon as the connection stands */
  constructor(
    private readonly place: AnswerPlace,
    private readonly times: RangeTimes,
    private readonly watch: SilenceWatch,
    private readonly keeper: RangeKeeper,
    question: RangeQuestion,
  ) {
    this.question = question;
    this.idleMs = times.idle;
    this.socket = place.connect({ buffer: () => this.slab.room, callback: count => this.onBytes(count) });
    this.socket.once(place.standsAt, () => this.onStanding());
    this.socket.on('error', error => this.fail(error));
    this.socket.on('end', () => this.fail(lost('the storage closed the connection')));
    this.socket.on('close', () => this.fail(lost('the connection was closed')));
    watch.add(this);
  }

  /** Whether it stands, and waits for a request. */
  get isIdle(): boolean {
    return this.state === 'idle';
  }

  /** Sends a request over a connection that is idle. */
  ask(question: RangeQuestion): void {
    this.question = question;
    this.headBytes = new HeadBytes();
    this.isStopped = false;
    this.enter('head');
    const controller = this.controllerOf();
    this.controller = controller;
    question.handler.onRequestStart?.(controller as Dispatcher.DispatchController, {});
    if (this.controller !== controller || this.state !== 'head') return;
    this.guard(() => this.socket.write(textOf(question, this.place.host), 'latin1'));
  }

  /** Ends it, and what comes over it. */
  destroy(error: Error): void {
    this.fail(error);
  }

  look(now: number): void {
    const { times, state } = this;
    const silent = now - this.since;
    if (state === 'connecting' && silent > times.connect) this.fail(late('no connection in time'));
    else if (state === 'head' && silent > times.head) this.fail(late('the storage answers nothing'));
    else if (state === 'body' && !this.isStopped && silent > times.body)
      this.fail(late('the rest of the answer does not come'));
    else if (state === 'idle' && silent > this.idleMs) this.fail(lost('it was not needed'));
  }

  /** What the handler steers its answer with, as long as it is the one of this connection. */
  private controllerOf(): Controller {
    const controller: Controller = {
      pause: () => {
        if (this.controller === controller) this.isStopped = true;
      },
      resume: () => {
        if (this.controller !== controller || !this.isStopped) return;
        this.isStopped = false;
        this.since = performance.now();
        this.socket.resume();
      },
      abort: reason => {
        if (this.controller === controller) this.fail(reason);
      },
    };
    return controller;
  }

  private onStanding(): void {
    const { question } = this;
    if (this.state === 'connecting' && question !== undefined) this.ask(question);
  }

  /** @returns whether more is to be read */
  private onBytes(count: number): boolean {
    this.slab.came(count);
    this.guard(() => {
      if (this.state === 'body') this.onBody(count);
      else if (this.state === 'head') this.onHead(this.slab.take());
      else throw lost('bytes came that nobody asked for');
    });
    // The system writes to no place of no length.
    if (this.slab.isFull) this.slab.exchange(this.state === 'body' ? this.nextPieceBytes : firstBytes);
    return !this.isStopped;
  }

  private onHead(came: Buffer): void {
    for (let piece = came; ;) {
      const found = this.readHead(piece);
      if (found === undefined) return;
      const { head, rest } = found;
      if (head.status >= 200) return this.begin(head, rest);
      piece = rest;
    }
  }

  private readHead(piece: Buffer): { readonly head: AnswerHead; readonly rest: Buffer } | undefined {
    const found = this.headBytes.add(piece);
    if (found === undefined) return undefined;
    const head = parseAnswerHead(found.text);
    if (head.status === 101) throw new AnswerError('the storage changes the protocol');
    return { head, rest: found.rest };
  }

  private begin({ status, headers, length, isKept }: AnswerHead, came: Buffer): void {
    const { question, controller } = this;
    // What comes behind the body is no part of it, and leaves nothing of the connection to trust.
    this.isKept = isKept && came.length <= length;
    const rest = came.subarray(0, length);
    this.idleMs = Math.min(this.times.idle, keptMs(headers['keep-alive']));
    this.missing = length - rest.length;
    this.offset = rest.length;
    this.enter('body');
    question?.handler.onResponseStart?.(controller as Dispatcher.DispatchController, status, headers, '');
    if (this.missing > 0) this.slab.exchange(this.nextPieceBytes);
    this.handOn(rest);
    if (this.missing === 0) this.end();
  }

  private onBody(count: number): void {
    this.since = performance.now();
    this.missing -= count;
    this.offset += count;
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
    const { question, controller } = this;
    if (piece.length > 0 && this.state === 'body')
      question?.handler.onResponseData?.(controller as Dispatcher.DispatchController, piece);
  }

  private end(): void {
    if (this.state !== 'body') return;
    this.enter('ended');
    // Nothing of this body stays with the connection.
    this.slab.exchange(firstBytes);
    // What the storage sends behind it comes in this turn, and is no answer to anybody.
    setImmediate(this.beFree);
  }

  private fail(error: Error): void {
    const { state, question, controller } = this;
    if (state === 'over') return;
    this.enter('over');
    this.watch.delete(this);
    this.socket.destroy();
    this.question = undefined;
    this.controller = undefined;
    this.keeper.gone(this);
    const told = controller as Dispatcher.DispatchController;
    if (state === 'ended') question?.handler.onResponseEnd?.(told, {});
    else question?.handler.onResponseError?.(told, error);
  }

  private guard(step: () => unknown): void {
    try {
      step();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private get nextPieceBytes(): number {
    return Math.min(this.missing, pieceBytes - (this.offset % pieceBytes));
  }

  private enter(state: State): void {
    this.state = state;
    this.since = performance.now();
  }
}

/** Of a value that ends no line. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @throws Error for header fields that are none */
function textOf({ path, headers }: RangeQuestion, host: string): string {
  const fields = Object.entries(headers).map(([name, value]) => {
    if (!fieldValue.test(value)) throw new Error(`the header field ${name} has characters that it may not have`);
    return `${name}: ${value}\r\n`;
  });
  return `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${fields.join('')}\r\n`;
}

/** Less by a second than the storage says, so that no request meets a connection that it closes. */
function keptMs(field = ''): number {
  const seconds = keptFor.exec(field)?.[1];
  return seconds === undefined ? Infinity : (Number(seconds) - 1) * secondMs;
}

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });
const lost = (message: string): Error => withCode(message, 'ECONNRESET');
const late = (message: string): Error => withCode(message, 'ETIMEDOUT');
