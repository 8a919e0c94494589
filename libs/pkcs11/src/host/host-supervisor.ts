import { parsePkcs11Uri } from '../location/pkcs11-uri.js';
import { BackOff } from '../back-off.js';
import { TokenError } from '../errors/token-error.js';
import { recommendedThreadPoolSize, type TokenObserver, type TokenState } from '../token-options.js';
import { tokenErrorOf } from './crossing-error.js';
import type { ArgumentsOf, HostedOptions, HostOperation, MessageFromHost, ResultOf } from './host-messages.js';
import { deferred } from './deferred.js';
import { ModuleProcess, type HostEnd } from './module-process.js';
import { TokenView } from './token-view.js';

export interface HostedTokenOptions extends HostedOptions {
  /** How long a call may take while the token is being opened or looked for, milliseconds. */
  readonly openTimeoutMs: number;
  /**
   * For modules that read their objects once: where a key is not found the module is initialised again, when nobody uses the
   * token and once a minute at most.
   */
  readonly objectsReadOnce?: boolean;
  /** What the module is told of its configuration; secrets of this product are left out. */
  readonly environment: NodeJS.ProcessEnv;
  readonly observer: HostedTokenObserver;
}

/** Told what happens, for metrics and logs; must not throw. */
export interface HostedTokenObserver extends Pick<TokenObserver, 'executed' | 'stateChanged'> {
  /** The process of the module ended unasked, or was killed because a call stood. */
  processEnded(end: Exclude<HostEnd, 'closed'>, reason: string): void;
}

/** A process that has lived for so long has proven that the module can do so. */
const provenAfterMs = 60_000;
/** For calls that run when the token is closed. */
const closeGraceMs = 1000;

/**
 * Keeps a token open in a process of its own, and begins another whenever that one ends: further and further apart, until
 * an operation has succeeded. A refused PIN is the end: no new process tries it again.
 */
export class HostSupervisor {
  readonly view = new TokenView();
  private process: ModuleProcess | undefined;
  private tokenState: TokenState = { kind: 'lost', reason: 'it is being opened' };
  private startedAt = 0;
  private readonly backOff = new BackOff(() => this.start());
  private isClosed = false;
  private readonly opening = deferred();
  private isOpening = true;
  private readonly closing = deferred();

  constructor(private readonly options: HostedTokenOptions) {
    // Whoever does not wait for it sees the state.
    this.opening.promise.catch(() => undefined);
  }

  /** Resolves when the token is open, or known not to be now. @throws TokenError when it can never be opened */
  get opened(): Promise<void> {
    return this.opening.promise;
  }

  /** Resolves when the process has ended for good. */
  get closed(): Promise<void> {
    return this.closing.promise;
  }

  get state(): TokenState {
    return this.tokenState;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  get silentMs(): number {
    return this.process?.silentMs ?? 0;
  }

  /** Begins to open the token. @throws TokenError when the URI cannot be meant */
  begin(): void {
    parsePkcs11Uri(this.options.uri);
    this.start();
  }

  /** What is known of the token. @throws TokenError unavailable, with the time after which another call makes sense. */
  current(): TokenView {
    if (this.tokenState.kind === 'open') return this.view;
    throw this.unavailable();
  }

  /** @throws TokenError */
  request<Name extends HostOperation>(
    name: Name,
    values: ArgumentsOf<Name>,
    signal: AbortSignal,
  ): Promise<ResultOf<Name>> {
    if (this.process === undefined || this.tokenState.kind !== 'open') return Promise.reject(this.unavailable());
    return this.process.request(name, values, signal);
  }

  /** The token does what it is for: the next failure is the first one again. */
  proven(): void {
    this.backOff.proven();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.backOff.stop();
    this.setState({ kind: 'closed' });
    this.view.forget();
    const { process } = this;
    if (process === undefined) {
      this.closing.resolve();
      return;
    }
    process.send({ kind: 'close' });
    const graceMs = this.options.operationTimeoutMs + closeGraceMs;
    const timer = setTimeout(() => process.kill('closed', 'it did not end by itself'), graceMs);
    void this.closed.then(() => clearTimeout(timer));
  }

  private start(): void {
    const { observer, environment, openTimeoutMs, operationTimeoutMs, ...rest } = this.options;
    const process = new ModuleProcess({
      environment,
      threads: rest.threads ?? recommendedThreadPoolSize(rest.sessions),
      patienceMs: () => (this.tokenState.kind === 'open' ? operationTimeoutMs : openTimeoutMs),
      executed: seconds => observer.executed(seconds),
      told: message => this.take(process, message),
      ended: (end, reason) => this.processEnded(end, reason),
    });
    this.process = process;
    this.startedAt = performance.now();
    process.send({ kind: 'open', options: { ...rest, operationTimeoutMs } });
  }

  private take(process: ModuleProcess, message: MessageFromHost): void {
    if (process !== this.process || this.isClosed) return;
    switch (message.kind) {
      case 'view':
        this.view.apply(message.change);
        if (message.change.state !== undefined) this.follow(process, message.change.state);
        return;
      case 'opened':
        this.settleOpening();
        return;
      case 'failed':
        this.never(process, tokenErrorOf(message.error));
        return;
      default:
      // The process itself has taken the rest.
    }
  }

  private follow(process: ModuleProcess, state: TokenState): void {
    this.setState(state);
    // Only another process gets rid of a call that does not return.
    if (state.kind === 'hung') process.kill('stood', state.reason);
  }

  /** At the start that is a matter of the configuration; later on it may pass. */
  private never(process: ModuleProcess, error: TokenError): void {
    if (!this.isOpening) {
      process.kill('crashed', error.message);
      return;
    }
    this.opening.reject(error);
    this.settleOpening();
    this.setState({ kind: 'lost', reason: error.message });
    this.close();
    process.kill('closed', error.message);
  }

  private settleOpening(): void {
    this.isOpening = false;
    this.opening.resolve();
  }

  private processEnded(end: HostEnd, reason: string): void {
    this.process = undefined;
    this.view.forget();
    if (this.isClosed) {
      this.closing.resolve();
      return;
    }
    if (end !== 'closed') this.options.observer.processEnded(end, reason);
    this.settleOpening();
    if (this.tokenState.kind === 'pin-refused') return;
    this.setState({ kind: end === 'stood' ? 'hung' : 'lost', reason });
    this.scheduleStart();
  }

  private scheduleStart(): void {
    if (performance.now() - this.startedAt >= provenAfterMs) this.backOff.proven();
    this.backOff.schedule();
  }

  private unavailable(): TokenError {
    const reason = 'reason' in this.tokenState ? this.tokenState.reason : 'it is closed';
    const { retryAfterMs } = this.backOff;
    return new TokenError('unavailable', `the token is not available: ${reason}`, { retryAfterMs });
  }

  private setState(state: TokenState): void {
    const before = this.tokenState;
    this.tokenState = state;
    if (before.kind !== state.kind || !sameReason(before, state)) this.options.observer.stateChanged(state);
  }
}

const sameReason = (before: TokenState, now: TokenState): boolean =>
  ('reason' in before ? before.reason : '') === ('reason' in now ? now.reason : '');
