import { TokenError } from '../errors/token-error.js';

interface RunningCall {
  readonly buffers: readonly Buffer[];
  hung: boolean;
}

/**
 * The native calls of one module that run on threads. A call can neither be cancelled nor abandoned: until it returns
 * its buffers must stay alive (the binding keeps bare pointers to them) and the module must not be finalised. One that
 * does not return in time is reported as hung; there is no way to get its thread back but to end the process.
 */
export class NativeCalls {
  private readonly running = new Set<RunningCall>();
  private readonly waitingForQuiet: (() => void)[] = [];

  /** Whether a call is beyond its time and has not returned since. */
  get hung(): boolean {
    for (const call of this.running) if (call.hung) return true;
    return false;
  }

  /**
   * Runs a call.
   * @param buffers what the module reads or writes; overwritten with zeros when the call returns too late.
   * @throws TokenError unavailable when it takes longer than `timeoutMs`
   */
  async run<T>(what: string, timeoutMs: number, buffers: readonly Buffer[], start: () => Promise<T>): Promise<T> {
    const call: RunningCall = { buffers, hung: false };
    this.running.add(call);
    const work = this.untilReturned(call, start);
    let timer: NodeJS.Timeout | undefined;
    const watchdog = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        call.hung = true;
        reject(new TokenError('unavailable', `${what} hangs: the token has not answered for ${timeoutMs} ms`));
      }, timeoutMs);
    });
    try {
      return await Promise.race([work, watchdog]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when no call runs; not before a hung call has returned, if it ever does. */
  async quiet(): Promise<void> {
    if (this.running.size === 0) return;
    await new Promise<void>(resolve => this.waitingForQuiet.push(resolve));
  }

  private async untilReturned<T>(call: RunningCall, start: () => Promise<T>): Promise<T> {
    try {
      return await start();
    } finally {
      this.running.delete(call);
      if (call.hung) for (const buffer of call.buffers) buffer.fill(0);
      this.announceQuiet();
    }
  }

  private announceQuiet(): void {
    if (this.running.size > 0) return;
    for (const resolve of this.waitingForQuiet.splice(0)) resolve();
  }
}
