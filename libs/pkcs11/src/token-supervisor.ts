import { BackOff } from './back-off.js';
import {
  ambiguousFailures,
  isOneOf,
  isSessionUsable,
  sessionFailures,
  staleHandles,
  TokenError,
  tokenFailures,
  toTokenError,
} from './errors/token-error.js';
import { TokenConnection, type ConnectionOptions } from './module/token-connection.js';
import type { TokenModule } from './module/token-module.js';
import type { Lane, SessionUse } from './sessions/session-pool.js';
import type { SessionTurn } from './sessions/session-turn.js';
import type { TokenSession } from './sessions/token-session.js';
import type { WaitSignal } from './sessions/wait-signal.js';
import type { TokenObserver, TokenState } from './token-options.js';

/** An operation in a session that it has for itself. It may be run again, in another session. */
export type TokenWork<T> = (session: TokenSession, connection: TokenConnection) => Promise<T>;

/** One that may have its session in line. */
export type TokenWorkInTurn<T> = (session: TokenSession, connection: TokenConnection, turn: SessionTurn) => Promise<T>;

/** How an operation wants to have its session, by what is known of the token. */
export type WantedUse = (connection: TokenConnection) => SessionUse;

const alone: WantedUse = () => 'alone';

/** A token that was open for so long without a loss has proven that it works, whoever used it. */
const provenAfterMs = 60_000;
/** Ambiguous failures in a row after which a token that calls itself well is not believed any more. */
const maxAmbiguousFailures = 3;
/** Attempts beyond one for each session: for a new login and for stale handles. */
const extraAttempts = 2;
/** A fault of the token in one session may be none in another: so many times the operation is tried in one. */
const faultsElsewhere = 1;

/**
 * Keeps a token open: runs operations in its sessions, judges their failures, repairs what can be repaired at once, and
 * otherwise breaks the circuit. While it is broken callers hear so at once and nothing reaches the token but the attempts
 * to open it again, further and further apart.
 */
export class TokenSupervisor {
  private connection: TokenConnection | undefined;
  private currentState: TokenState = { kind: 'closed' };
  /** Forgotten only when the token has proven that it works: opening proves nothing. */
  private readonly backOff = new BackOff(() => void this.openAgain().catch(() => undefined));
  private openedAt = 0;
  private ambiguousFailures = 0;

  constructor(
    private readonly module: TokenModule,
    private readonly options: ConnectionOptions,
    private readonly observer: TokenObserver,
  ) {}

  get state(): TokenState {
    return this.currentState;
  }

  /** @throws TokenError when the token cannot be opened now. */
  open(): void {
    this.connection = TokenConnection.open(this.module, this.options);
    this.openedAt = performance.now();
    this.setState({ kind: 'open' });
  }

  /** As `open`, but a token that is away, or whose PIN is refused, is left in that state: others may work meanwhile. */
  openOrWait(): void {
    try {
      this.open();
    } catch (error) {
      const failure = toTokenError(error, 'opening the token');
      if (failure.failure === 'pin') this.setState({ kind: 'pin-refused', reason: failure.message });
      else if (failure.failure === 'unavailable') this.awaitReturn('lost', failure.message);
      else throw failure;
    }
  }

  /** The connection, if there is one now. */
  get present(): TokenConnection | undefined {
    return this.connection;
  }

  /** @throws TokenError unavailable, with the time after which another call makes sense. */
  private current(): TokenConnection {
    if (this.connection !== undefined) return this.connection;
    const reason = 'reason' in this.currentState ? this.currentState.reason : 'it is closed';
    throw new TokenError('unavailable', `the token is not available: ${reason}`, {
      retryAfterMs: this.backOff.retryAfterMs,
    });
  }

  /**
   * Runs `work`; again after a failure that could be repaired: a session that the token closed (each one of a pool may
   * be), a login that it forgot, handles that went stale.
   * @throws TokenError
   */
  async run<T>(lane: Lane, signal: WaitSignal, what: string, work: TokenWorkInTurn<T>, use = alone): Promise<T> {
    let faults = 0;
    for (let attempt = 1; ; attempt++) {
      const connection = this.current();
      const { indexVersion } = connection;
      try {
        const result = await this.runOnce(connection, lane, signal, work, use);
        this.ambiguousFailures = 0;
        if (lane === 'playback') this.backOff.proven();
        return result;
      } catch (error) {
        const failure = toTokenError(error, what);
        if (failure.fault) faults++;
        if (!this.repair(connection, indexVersion, failure, faults)) throw this.forCaller(connection, failure);
        if (attempt > connection.pool(lane).size + extraAttempts) {
          // What should have been repaired was not.
          if (failure.fault) this.reviveAfterAmbiguity(connection, failure);
          throw this.forCaller(connection, failure);
        }
      }
    }
  }

  /**
   * Closes the token and opens it again with the module initialised anew, unless somebody uses it.
   * @throws TokenError unavailable when it does not open at once; it is looked for from then on.
   */
  async renew(): Promise<void> {
    const { connection } = this;
    if (connection === undefined || connection.inUse) return;
    this.connection = undefined;
    connection.close();
    await this.openAgain();
  }

  /** Ends for good; resolves when the last native call has returned, or hangs. */
  async close(): Promise<void> {
    this.backOff.stop();
    this.setState({ kind: 'closed' });
    this.connection?.close();
    this.connection = undefined;
    await this.module.finish(this.options.operationTimeoutMs);
  }

  private async runOnce<T>(
    connection: TokenConnection,
    lane: Lane,
    signal: WaitSignal,
    work: TokenWorkInTurn<T>,
    wantedUse: WantedUse,
  ): Promise<T> {
    const pool = connection.pool(lane);
    const asked = performance.now();
    let use = wantedUse(connection);
    let session = await pool.lease(lane, signal, use);
    if (use === 'in line' && connection.isInDoubt) {
      pool.release(session, true);
      use = 'alone';
      session = await pool.lease(lane, signal, use);
    }
    const turn: SessionTurn = { use };
    const started = performance.now();
    this.observer.waited((started - asked) / 1000);
    let usable = true;
    try {
      connection.prepare(session);
      const result = await work(session, connection, turn);
      if (turn.seconds !== undefined) connection.lineLength.note(turn.seconds);
      return result;
    } catch (error) {
      usable = isSessionUsable(toTokenError(error, ''));
      throw error;
    } finally {
      this.observer.executed(turn.seconds ?? (performance.now() - started) / 1000);
      pool.release(session, usable);
    }
  }

  /** @returns whether the same operation has a chance now. */
  private repair(connection: TokenConnection, indexVersion: number, failure: TokenError, faults: number): boolean {
    if (connection !== this.connection) return false;
    const { ckr } = failure;
    if (failure.failure === 'pin') this.refusePin(connection, failure);
    else if (this.module.calls.hung && failure.failure === 'unavailable') this.lose(connection, failure.message);
    else if (isOneOf(sessionFailures, ckr)) return true;
    else if (isOneOf(staleHandles, ckr) && connection.indexVersion !== indexVersion) return true;
    else if (isOneOf(staleHandles, ckr) || ckr === 'CKR_USER_NOT_LOGGED_IN') return this.revive(connection);
    else if (failure.fault && faults <= faultsElsewhere) return true;
    else if (failure.fault && !isOneOf(tokenFailures, ckr)) this.reviveAfterAmbiguity(connection, failure);
    else if (isOneOf(ambiguousFailures, ckr)) this.reviveAfterAmbiguity(connection, failure);
    else if (failure.failure === 'unavailable' && ckr !== undefined) this.lose(connection, failure.message);
    return false;
  }

  private reviveAfterAmbiguity(connection: TokenConnection, failure: TokenError): void {
    this.ambiguousFailures++;
    if (this.ambiguousFailures >= maxAmbiguousFailures) this.lose(connection, failure.message);
    else this.revive(connection);
  }

  private revive(connection: TokenConnection): boolean {
    try {
      connection.revive();
      return true;
    } catch (error) {
      this.lose(connection, toTokenError(error, 'asking the token how it is').message);
      return false;
    }
  }

  private lose(connection: TokenConnection, reason: string): void {
    if (connection !== this.connection) return;
    if (performance.now() - this.openedAt >= provenAfterMs) this.backOff.proven();
    this.drop(connection, { kind: this.module.calls.hung ? 'hung' : 'lost', reason });
    this.backOff.schedule();
  }

  private awaitReturn(kind: 'lost' | 'hung', reason: string): void {
    if (kind !== this.currentState.kind) this.setState({ kind, reason });
    this.backOff.schedule();
  }

  private refusePin(connection: TokenConnection, { message }: TokenError): void {
    this.drop(connection, { kind: 'pin-refused', reason: message });
  }

  private drop(connection: TokenConnection, state: TokenState): void {
    if (connection !== this.connection) return;
    this.connection = undefined;
    this.ambiguousFailures = 0;
    this.setState(state);
    connection.close();
  }

  /**
   * Calls of what was lost may still run, and the module is not initialised again beneath them. Where one does not return
   * the token hangs, whatever it was lost by: nobody else waits for that call. A key pair has no more time than the others.
   * @throws TokenError when the token does not open; it is looked for from then on, unless its PIN is refused.
   */
  private async openAgain(): Promise<void> {
    const isQuiet = await this.module.calls.quiet(this.options.operationTimeoutMs);
    if (this.currentState.kind === 'closed' || this.currentState.kind === 'pin-refused') return;
    try {
      if (!isQuiet) throw new TokenError('unavailable', 'a call that ran when the token was lost does not return');
      this.module.restart();
      this.open();
    } catch (error) {
      const failure = toTokenError(error, 'opening the token again');
      if (failure.failure === 'pin') this.setState({ kind: 'pin-refused', reason: failure.message });
      else this.awaitReturn(isQuiet ? 'lost' : 'hung', failure.message);
      throw failure;
    }
  }

  /** A failure with which the token was lost is no failure of the operation: another replica, or later, may do. */
  private forCaller(connection: TokenConnection, failure: TokenError): TokenError {
    const { message, ckr, cause } = failure;
    const { currentState: state } = this;
    // Whoever had a session when the PIN was refused could not get another one.
    if (connection !== this.connection && state.kind === 'pin-refused') return new TokenError('pin', state.reason);
    const lost = connection !== this.connection && (isOneOf(ambiguousFailures, ckr) || isOneOf(staleHandles, ckr));
    if (!lost && (failure.failure !== 'unavailable' || failure.retryAfterMs !== undefined)) return failure;
    return new TokenError('unavailable', message, { ckr, cause, retryAfterMs: this.backOff.retryAfterMs });
  }

  private setState(state: TokenState): void {
    this.currentState = state;
    this.observer.stateChanged(state);
  }
}
