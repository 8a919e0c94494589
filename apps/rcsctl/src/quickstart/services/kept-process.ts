import { setTimeout as delay } from 'node:timers/promises';
import type { SupervisedProcess } from './supervised-process.js';

/** How long it is waited before each try to start a process again, milliseconds. */
const defaultPausesMs = [500, 1000, 2000, 4000, 8000];
/** A process that ran for so long has recovered: when it ends, counting of tries starts at 0. */
const recoveredAfterMs = 60_000;
/** Exit status of sysexits.h for a configuration error: starting again without a change is useless. */
const configurationError = 'exit status 78';

/** A process that is started again when it ends unasked, with growing pauses, and given up when that does not help. */
export class KeptProcess {
  private readonly stopping = new AbortController();
  private starting: Promise<unknown> = Promise.resolve();
  /** Aborted when the program has changed: whatever is waited for, it is started at once. */
  private change = new AbortController();

  constructor(
    private current: SupervisedProcess,
    private readonly pausesMs: readonly number[] = defaultPausesMs,
  ) {}

  get name(): string {
    return this.current.name;
  }

  get running(): boolean {
    return this.current.running;
  }

  get pid(): number | undefined {
    return this.current.pid;
  }

  /**
   * Keeps it running, and says what it does; answers how it ended when it is given up, undefined when it was stopped.
   * @param waitForChange not given up, but started again at the next change of its program.
   */
  async keep(report: (text: string) => void, waitForChange = false): Promise<string | undefined> {
    let started = performance.now();
    let how = await this.current.exited;
    let tries = 0;
    for (;;) {
      if (this.isStopped()) return undefined;
      if (performance.now() - started > recoveredAfterMs) tries = 0;
      if (!this.change.signal.aborted) {
        const pauseMs = this.pausesMs[tries++];
        const helpless = how === configurationError || pauseMs === undefined;
        if (helpless && !waitForChange) return how;
        const when = helpless
          ? 'when its program has changed'
          : `in ${pauseMs / 1000} s (try ${tries} of ${this.pausesMs.length})`;
        report(`${this.name} ended: ${how}; it is started again ${when}`);
        await this.pause(helpless ? undefined : pauseMs);
      }
      if (this.isStopped()) return undefined;
      if (this.change.signal.aborted) {
        this.change = new AbortController();
        tries = 0;
      }
      started = performance.now();
      how = await this.startAgain(report);
    }
  }

  /** Its program has changed: ends it, and `keep` starts it again at once. */
  async restart(): Promise<void> {
    this.change.abort();
    await this.starting;
    await this.current.stop();
  }

  /** From now on it is not started again. */
  retire(): void {
    this.stopping.abort();
  }

  async stop(): Promise<void> {
    this.retire();
    await this.starting;
    await this.current.stop();
  }

  /** Ends when the time is over, if there is one, at a change of the program, or when it is stopped. */
  private async pause(milliseconds = 2 ** 31 - 1): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, this.change.signal]);
    await delay(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Answers how the new process ended, or why there is none. */
  private async startAgain(report: (text: string) => void): Promise<string> {
    const starting = this.current.again();
    this.starting = starting.catch(() => undefined);
    try {
      this.current = await starting;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    report(`${this.name} runs again`);
    return this.current.exited;
  }
}
