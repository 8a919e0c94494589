import { TokenError } from './token-error.js';

/** A session of the token, as the binding knows it. */
export type SessionHandle = Buffer;

/** Playback must never wait behind administration: one session at least is kept free of it. */
export type Lane = 'playback' | 'administration';

export interface PoolObserver {
  /** How long an operation waited for its session, seconds. */
  waited(seconds: number): void;
}

interface Waiter {
  readonly lane: Lane;
  readonly since: bigint;
  readonly give: (session: SessionHandle) => void;
  readonly giveUp: (error: TokenError) => void;
}

/**
 * Sessions are leased from the first to the last call of an operation, because a session can do one thing at a time.
 * Who finds none waits in a queue that is bounded; administration gets all sessions but one.
 */
export class SessionPool {
  private readonly free: SessionHandle[];
  private readonly waiting: Waiter[] = [];
  private administration = 0;
  private closed = false;

  constructor(
    sessions: readonly SessionHandle[],
    private readonly queueLimit: number,
    private readonly observer: PoolObserver,
  ) {
    this.free = [...sessions];
    this.size = sessions.length;
  }

  size: number;

  get inUse(): number {
    return this.size - this.free.length;
  }

  get queued(): number {
    return this.waiting.length;
  }

  /** @throws TokenError busy when the queue is full, unavailable when the pool was closed or the signal aborts. */
  async lease(lane: Lane, signal: AbortSignal): Promise<SessionHandle> {
    const since = process.hrtime.bigint();
    if (this.closed) throw new TokenError('unavailable', 'the token is not open');
    if (signal.aborted) throw new TokenError('busy', 'the operation was given up before it began');
    const session = this.waiting.length === 0 ? this.take(lane) : undefined;
    const leased = session ?? (await this.wait(lane, since, signal));
    this.observer.waited(Number(process.hrtime.bigint() - since) / 1e9);
    return leased;
  }

  /** Gives a session back; one that is not usable any more is not given to anybody else. */
  release(session: SessionHandle, lane: Lane, usable: boolean): void {
    if (lane === 'administration') this.administration--;
    if (usable && !this.closed) this.free.push(session);
    else this.size--;
    this.serve();
  }

  /** Everybody who waits hears that the token is gone. */
  close(): void {
    this.closed = true;
    for (const waiter of this.waiting.splice(0))
      waiter.giveUp(new TokenError('unavailable', 'the token is not open any more'));
  }

  private take(lane: Lane): SessionHandle | undefined {
    if (lane === 'administration' && this.size > 1 && this.administration >= this.size - 1) return undefined;
    const session = this.free.pop();
    if (session !== undefined && lane === 'administration') this.administration++;
    return session;
  }

  private wait(lane: Lane, since: bigint, signal: AbortSignal): Promise<SessionHandle> {
    if (this.waiting.length >= this.queueLimit) {
      throw new TokenError('busy', `${this.waiting.length} operations wait for the token already`);
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(new TokenError('busy', 'the token had no free session in time'));
      };
      const waiter: Waiter = {
        lane,
        since,
        give: session => {
          signal.removeEventListener('abort', leave);
          resolve(session);
        },
        giveUp: error => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      this.waiting.push(waiter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private serve(): void {
    for (let index = 0; index < this.waiting.length;) {
      const waiter = this.waiting[index];
      const session = waiter === undefined ? undefined : this.take(waiter.lane);
      if (waiter === undefined || session === undefined) {
        if (this.free.length === 0) return;
        index++;
        continue;
      }
      this.waiting.splice(index, 1);
      waiter.give(session);
    }
  }
}
