import { ckrOf } from '../errors/ckr-names.js';
import { TokenError, toTokenError } from '../errors/token-error.js';
import type { TokenSession } from './token-session.js';
import type { WaitSignal } from './wait-signal.js';

/** Playback must never wait behind administration: imports, listings, new keys. */
export type Lane = 'playback' | 'administration';

/**
 * `alone`: nobody else has the session meanwhile. `in line`: for one operation that is a single step, so that others may have
 * theirs ready behind it in the same session.
 */
export type SessionUse = 'alone' | 'in line';

export interface SessionPoolOptions {
  /** The most sessions that are open at a time. */
  readonly size: number;
  /** How many may stand in line in one session at the moment. */
  readonly lineLength: () => number;
  /** The most operations that wait for one. */
  readonly queueLimit: number;
  readonly openSession: () => TokenSession;
  readonly closeSession: (session: TokenSession) => void;
  /** The pool of the other lane, from which a session is taken over when the token has none left for this one. */
  readonly partner?: () => SessionPool;
}

interface Waiter {
  readonly lane: Lane;
  readonly use: SessionUse;
  readonly give: (session: TokenSession) => void;
  readonly giveUp: (error: Error) => void;
}

/** What the token does when it is asked too much: nobody knows better than this when it is worth asking again. */
const busyRetryAfterMs = 1000;
/** Other processes give their sessions back some time: a pool that became smaller tries its full size again. */
const growAgainMs = 5000;

/** Those who stand in line in a session. */
interface Line {
  leases: number;
  /** Whether the session is as good as before. */
  usable: boolean;
}

/**
 * Sessions, opened when they are first needed and leased to one operation at a time, or to a few in line. Who finds none waits:
 * first come, first served, playback before administration. A lease never waits for another lease of the same operation.
 */
export class SessionPool {
  private readonly idle: TokenSession[] = [];
  private readonly waiting: Waiter[] = [];
  private leased = 0;
  private readonly lines = new Map<TokenSession, Line>();
  /** What the token allowed when it was asked for one too many, until (`performance.now()`) that is forgotten. */
  private shortage: { readonly limit: number; readonly until: number } | undefined;
  private closed = false;

  constructor(private readonly options: SessionPoolOptions) {}

  get size(): number {
    if (this.shortage !== undefined && this.shortage.until <= performance.now()) this.shortage = undefined;
    return this.shortage?.limit ?? this.options.size;
  }

  get inUse(): number {
    return this.leased;
  }

  get queued(): number {
    return this.waiting.length;
  }

  /**
   * @throws TokenError busy when the queue is full or the signal aborts before a session is free, unavailable when the
   * pool is closed; whatever opening a session throws.
   */
  lease(lane: Lane, signal: WaitSignal, use: SessionUse): TokenSession | Promise<TokenSession> {
    if (this.closed) throw closedError();
    if (signal.aborted) throw givenUp(signal);
    return (this.waiting.length === 0 ? this.take(use) : undefined) ?? this.wait(lane, signal, use);
  }

  /** Takes over a session that was opened elsewhere. */
  adopt(session: TokenSession): void {
    this.idle.push(session);
  }

  /** Gives a session back. One that is not usable any more is closed; the next lease opens another. */
  release(session: TokenSession, usable: boolean): void {
    const line = this.lines.get(session);
    if (line !== undefined) {
      line.leases--;
      line.usable &&= usable;
    }
    if (line === undefined || line.leases === 0) this.takeBack(session, line?.usable ?? usable);
    this.serve();
    this.options.partner?.().serveStarving();
  }

  /** Everybody who waits hears that the token is gone; leased sessions are closed when they come back. */
  close(): void {
    this.closed = true;
    for (const waiter of this.waiting.splice(0)) waiter.giveUp(closedError());
    for (const session of this.idle.splice(0)) this.options.closeSession(session);
  }

  private take(use: SessionUse): TokenSession | undefined {
    const session = this.idle.pop() ?? this.open();
    if (session === undefined) return use === 'in line' ? this.joinShortestLine() : undefined;
    this.leased++;
    if (use === 'in line') this.lines.set(session, { leases: 1, usable: true });
    return session;
  }

  private joinShortestLine(): TokenSession | undefined {
    let [shortest, length] = [undefined as TokenSession | undefined, this.options.lineLength()];
    for (const [session, { leases, usable }] of this.lines)
      if (usable && leases < length) [shortest, length] = [session, leases];
    const line = shortest === undefined ? undefined : this.lines.get(shortest);
    if (line !== undefined) line.leases++;
    return shortest;
  }

  /** When nobody has it any more. */
  private takeBack(session: TokenSession, usable: boolean): void {
    this.leased--;
    this.lines.delete(session);
    if (usable && !this.closed) this.idle.push(session);
    else this.options.closeSession(session);
  }

  private open(): TokenSession | undefined {
    const held = this.leased + this.idle.length;
    if (held >= this.size) return undefined;
    try {
      return this.options.openSession();
    } catch (error) {
      if (ckrOf(error) !== 'CKR_SESSION_COUNT') throw error;
      // Other processes have sessions, too: the token has fewer left than it promised. Those that we have must do.
      this.shortage = { limit: Math.max(1, held), until: performance.now() + growAgainMs };
      if (held > 0) return undefined;
      const partner = this.options.partner?.();
      const lent = partner?.idle.pop();
      if (lent === undefined && (partner === undefined || partner.leased === 0)) throw error;
      return lent;
    }
  }

  /** Who has no session at all, and none coming back, gets the next one that the other lane gives back. */
  private serveStarving(): void {
    if (this.leased + this.idle.length === 0) this.serve();
  }

  private wait(lane: Lane, signal: WaitSignal, use: SessionUse): Promise<TokenSession> {
    if (this.waiting.length >= this.options.queueLimit) {
      const message = `the token is busy: ${this.waiting.length} operations wait already`;
      throw new TokenError('busy', message, { retryAfterMs: busyRetryAfterMs });
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(givenUp(signal));
        this.serve();
      };
      const waiter: Waiter = {
        lane,
        use,
        give: session => {
          signal.removeEventListener('abort', leave);
          resolve(session);
        },
        giveUp: error => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      this.enqueue(waiter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private enqueue(waiter: Waiter): void {
    const firstAdministration = this.waiting.findIndex(({ lane }) => lane === 'administration');
    if (waiter.lane === 'administration' || firstAdministration === -1) this.waiting.push(waiter);
    else this.waiting.splice(firstAdministration, 0, waiter);
  }

  private serve(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      let session: TokenSession | undefined;
      try {
        session = this.take(first.use);
      } catch (error) {
        this.waiting.shift()?.giveUp(toTokenError(error, 'opening a session'));
        continue;
      }
      if (session === undefined) return;
      this.waiting.shift()?.give(session);
    }
  }
}

const closedError = (): TokenError => new TokenError('unavailable', 'the token is not open any more');

function givenUp(signal: WaitSignal): TokenError {
  const message = 'the operation was given up before the token had a free session';
  return new TokenError('busy', message, { retryAfterMs: busyRetryAfterMs, cause: signal.reason });
}
