import { TokenError } from '../errors/token-error.js';

interface RunningCall {
  readonly buffers: readonly Buffer[];
  /** When it counts as hung, milliseconds of the process's clock. */
  end: number;
  readonly timeoutMs: number;
  readonly elapsed: (() => number) | undefined;
  readonly giveUp: () => void;
  hung: boolean;
}

export interface CallEnd {
  /** What the module reads or writes; overwritten with zeros when the call returns too late. */
  readonly buffers: readonly Buffer[];
  /** Called when the call has returned, however late. */
  readonly returned: () => void;
}

/** To be told once what came of a call. */
export type CallDone<T> = (error: Error | null, value: T) => void;

/**
 * Begins a call on a thread, and says once, in a later turn, what came of it. Where it may wait for others first, what is returned
 * says for how many milliseconds it has been running, 0 before it begins.
 */
export type StartCall<T> = (done: CallDone<T>) => (() => number) | undefined;

/**
 * The native calls of one module that run on threads. A call can neither be cancelled nor abandoned: until it returns
 * its buffers must stay alive (the binding keeps bare pointers to them) and the module must not be finalised. One that
 * does not return in time is reported as hung; there is no way to get its thread back but to end the process.
 */
export class NativeCalls {
  private readonly running = new Set<RunningCall>();
  private readonly waitingForQuiet = new Set<() => void>();
  /** One for all calls: it rings when the first of them may be late. */
  private watchdog: { readonly timer: NodeJS.Timeout; readonly rings: number } | undefined;

  /** Whether a call is beyond its time and has not returned since. */
  get hung(): boolean {
    for (const call of this.running) if (call.hung) return true;
    return false;
  }

  /**
   * Runs a call, which ends by one call of `done`: a promise less for each. What `start` throws is the caller's: then
   * nothing runs.
   * @throws TokenError unavailable when it takes longer than `timeoutMs`
   */
  run<T>(what: string, timeoutMs: number, { buffers, returned }: CallEnd, start: StartCall<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void =>
        reject(new TokenError('unavailable', `${what} hangs: the token has not answered for ${timeoutMs} ms`));
      const end = performance.now() + timeoutMs;
      const elapsed = start((error, value) => {
        returned();
        this.forget(call);
        if (error === null) resolve(value);
        else reject(error);
      });
      const call = { buffers, end, timeoutMs, elapsed, giveUp, hung: false };
      this.running.add(call);
      this.watchUntil(call.end);
    });
  }

  /** Whether no call runs, or hangs. */
  get isQuiet(): boolean {
    return this.running.size === 0;
  }

  /** Waits until no call runs, `timeoutMs` at most, whatever time a call has of its own. @returns whether that is so */
  async quiet(timeoutMs: number): Promise<boolean> {
    if (this.isQuiet) return true;
    await new Promise<void>(resolve => {
      const over = (): void => {
        clearTimeout(timer);
        this.waitingForQuiet.delete(over);
        resolve();
      };
      const timer = setTimeout(over, timeoutMs);
      this.waitingForQuiet.add(over);
    });
    return this.isQuiet;
  }

  private forget(call: RunningCall): void {
    this.running.delete(call);
    if (call.hung) for (const buffer of call.buffers) buffer.fill(0);
    if (this.isQuiet) this.announceQuiet();
  }

  private announceQuiet(): void {
    this.stopWatching();
    for (const over of this.waitingForQuiet) over();
  }

  private watchUntil(end: number): void {
    if (this.watchdog !== undefined && this.watchdog.rings <= end) return;
    this.stopWatching();
    this.watchdog = { timer: setTimeout(() => this.reportLate(), Math.max(0, end - performance.now())), rings: end };
  }

  private stopWatching(): void {
    clearTimeout(this.watchdog?.timer);
    this.watchdog = undefined;
  }

  private reportLate(): void {
    this.watchdog = undefined;
    const now = performance.now();
    for (const call of this.running) {
      if (call.hung) continue;
      // What had to wait for others has its time from when it began.
      if (call.end <= now && call.elapsed !== undefined) call.end = now + call.timeoutMs - call.elapsed();
      if (call.end > now) this.watchUntil(call.end);
      else {
        call.hung = true;
        call.giveUp();
      }
    }
  }
}
