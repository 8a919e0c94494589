import type { OwnWorkerAnswer } from '#contracts';
import { AnswerConnection, type AnswerTimes, type ConnectionKeeper } from './answer-connection.js';
import { AskedQuestion, type BodyRequest } from './asked-question.js';
import type { AnswerPlace, SilenceWatch } from '#http-answers';

export interface AnswerPoolOptions {
  /** Open at once; requests beyond them wait for one, as long as their signals let them. */
  readonly connections: number;
  readonly times: AnswerTimes;
}

/** The connections to one place of a worker over which bodies come: each is used again once an answer was read to its end. */
export class AnswerPool implements ConnectionKeeper {
  private readonly open = new Set<AnswerConnection>();
  /** The one that was used last is used next: those at the beginning grow old. */
  private readonly idle: AnswerConnection[] = [];
  private readonly waiting = new Set<AskedQuestion>();
  private isClosing = false;
  private readonly onClosed: (() => void)[] = [];

  constructor(
    private readonly place: AnswerPlace,
    private readonly options: AnswerPoolOptions,
    private readonly watch: SilenceWatch,
  ) {}

  /**
   * @param signal gives up while the head is waited for
   * @throws what the connection fails with, whose `syscall` is `connect` where nobody was at the other end
   */
  ask(request: BodyRequest, signal: AbortSignal): Promise<OwnWorkerAnswer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (left: AskedQuestion): void => void this.waiting.delete(left);
      const question = new AskedQuestion(this.place.host, request, signal, resolve, reject, leave);
      const connection = this.idle.pop();
      if (connection === undefined) {
        this.waiting.add(question);
        this.connect();
      } else connection.ask(question);
    });
  }

  /** Resolves when all answers have been read to their ends. */
  close(): Promise<void> {
    this.isClosing = true;
    for (const connection of [...this.idle]) connection.destroy();
    return new Promise(resolve => {
      this.onClosed.push(resolve);
      this.tellClosed();
    });
  }

  /** Breaks off whatever comes. */
  destroy(): Promise<void> {
    for (const question of this.waiting) question.failed(new Error('the connections to the worker were closed'));
    this.waiting.clear();
    for (const connection of [...this.open]) connection.destroy();
    return this.close();
  }

  free(connection: AnswerConnection): void {
    const [next] = this.waiting;
    if (next !== undefined) {
      this.waiting.delete(next);
      connection.ask(next);
    } else if (this.isClosing) connection.destroy();
    else this.idle.push(connection);
  }

  gone(connection: AnswerConnection): void {
    this.open.delete(connection);
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
    this.connect();
    this.tellClosed();
  }

  /** For the request that waits the longest, where there may be one more. */
  private connect(): void {
    const [next] = this.waiting;
    if (next === undefined || this.open.size >= this.options.connections) return;
    this.waiting.delete(next);
    this.open.add(new AnswerConnection(this.place, this.options.times, this.watch, this, next));
  }

  private tellClosed(): void {
    if (!this.isClosing || this.open.size > 0 || this.waiting.size > 0) return;
    for (const resolve of this.onClosed.splice(0)) resolve();
  }
}
