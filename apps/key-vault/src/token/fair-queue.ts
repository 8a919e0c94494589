import { RcsError } from '#platform';

export interface FairQueueOptions {
  /** How many may work at a time, now. */
  readonly places: () => number;
  /** How many of one caller may wait; the next is refused. */
  readonly perCaller: number;
  /** Told how long each one waited, seconds. */
  readonly waited: (seconds: number) => void;
}

interface Waiter {
  readonly begin: () => void;
}

const retryAfterMs = 1000;

/**
 * Whose turn it is: each caller has a line of its own, and the lines are served in turn, so that a flood from one caller
 * makes only that caller wait.
 */
export class FairQueue {
  /** In the order in which they are served next. */
  private readonly lines = new Map<string, Waiter[]>();
  private working = 0;
  private waiting = 0;

  constructor(private readonly options: FairQueueOptions) {}

  /** How many wait. */
  get length(): number {
    return this.waiting;
  }

  /**
   * Runs work when its turn has come.
   * @throws RcsError RCS_OVERLOADED when the caller has too many waiting, or the signal aborts before its turn.
   */
  async run<T>(caller: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.turn(caller, signal);
    try {
      return await work();
    } finally {
      this.working--;
      this.serve();
    }
  }

  private async turn(caller: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw givenUp(signal);
    if (this.waiting === 0 && this.working < this.options.places()) {
      this.working++;
      this.options.waited(0);
      return;
    }
    const line = this.lines.get(caller) ?? [];
    if (line.length >= this.options.perCaller) {
      throw new RcsError('RCS_OVERLOADED', `${line.length} operations of this caller wait already`, { retryAfterMs });
    }
    const since = performance.now();
    await this.wait(caller, line, signal);
    this.options.waited((performance.now() - since) / 1000);
  }

  private wait(caller: string, line: Waiter[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.remove(caller, line, waiter);
        reject(givenUp(signal));
      };
      const waiter: Waiter = {
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      line.push(waiter);
      this.lines.set(caller, line);
      this.waiting++;
      signal.addEventListener('abort', leave, { once: true });
      // The last one may have gone since places were counted; nobody else would wake this one.
      this.serve();
    });
  }

  private remove(caller: string, line: Waiter[], waiter: Waiter): void {
    line.splice(line.indexOf(waiter), 1);
    this.waiting--;
    if (line.length === 0) this.lines.delete(caller);
  }

  private serve(): void {
    while (this.waiting > 0 && this.working < Math.max(1, this.options.places())) {
      const [next] = this.lines;
      const [caller, line] = next ?? [];
      const waiter = line?.[0];
      if (caller === undefined || line === undefined || waiter === undefined) return;
      // To the end of the round.
      this.lines.delete(caller);
      if (line.length > 1) this.lines.set(caller, line);
      this.remove(caller, line, waiter);
      this.working++;
      waiter.begin();
    }
  }
}

function givenUp(signal: AbortSignal): RcsError {
  return new RcsError('RCS_OVERLOADED', 'the operation was given up before its turn came', {
    retryAfterMs,
    cause: signal.reason,
  });
}
