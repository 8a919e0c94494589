import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logging/logger.js';
import { describeError } from '../errors/rcs-error.js';

export interface BackgroundRoundsOptions {
  /** Logged with the error of a round that failed. */
  readonly failed: string;
  /** How long after a failed round the next one begins, milliseconds. */
  readonly retryMs: number;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Work that a process does again and again until it ends: one round after the other, with a pause between them. */
export class BackgroundRounds {
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  /**
   * @param round answers after how many milliseconds the next one begins. Its signal is aborted when the process ends; what a
   * round throws is logged, but for what it throws then.
   */
  constructor(
    private readonly round: (signal: AbortSignal) => Promise<number>,
    private readonly options: BackgroundRoundsOptions,
  ) {}

  begin(): void {
    this.finished = this.repeat();
  }

  /** Resolves when the round that runs has ended; there is no further one. */
  async end(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    while (!this.isEnding()) {
      const pauseMs = await this.attempt(signal);
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async attempt(signal: AbortSignal): Promise<number> {
    const { failed, retryMs, logger } = this.options;
    try {
      return await this.round(signal);
    } catch (error) {
      if (!this.isEnding()) logger.warn({ error: describeError(error) }, failed);
      return retryMs;
    }
  }

  /** A method, because it may change while anything is awaited. */
  private isEnding(): boolean {
    return this.stopping.signal.aborted;
  }
}
