import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ForgetRequest, ForgottenRecording, WorkerRegistration } from '#contracts';
import { LOGGER } from '../dependencies/injection-tokens.js';
import { WorkerClient } from './worker-client.js';
import { WorkerDirectory } from './worker-directory.js';
import { describeError, entriesAtMost, type Logger } from '#platform';

const remembered = 10_000;

/** Who can be told. */
export interface KnownWorkers {
  readonly all: readonly WorkerRegistration[];
}

/** How a worker is told. */
export interface ForgettingWorkers {
  forget(worker: WorkerRegistration, forgotten: ForgetRequest, requestId: string): Promise<number>;
}

/**
 * Tells every registered worker that a key opens nothing any more, or that a recording is gone. Of keys workers hear the
 * same from the vaults; this way they
 * hear it, too, when they cannot reach the vault that did it. One that hears neither ends what it has opened by its
 * time-to-live.
 */
@Injectable()
export class ForgottenKeys {
  /** Of recordings that are gone, and do not come back: whether all workers have answered. */
  private readonly told = new LRUCache<string, Promise<boolean>>(entriesAtMost(remembered));

  constructor(
    @Inject(WorkerDirectory) private readonly workers: KnownWorkers,
    @Inject(WorkerClient) private readonly client: ForgettingWorkers,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Resolves when all have answered or failed to. */
  async announce(forgotten: ForgetRequest, requestId: string): Promise<void> {
    await this.tellAndRemember(forgotten, requestId, 'warn');
  }

  /**
   * The same of a recording that may have been announced here: not again when all have answered, unless `always`.
   * @returns whether all have answered; there may be none that is known yet
   */
  async announceAgain(forgotten: ForgottenRecording, requestId: string, always = false): Promise<boolean> {
    if (!always && (await this.told.get(nameOf(forgotten))) === true) return true;
    return this.tellAndRemember(forgotten, requestId, 'debug');
  }

  private tellAndRemember(forgotten: ForgetRequest, requestId: string, level: 'warn' | 'debug'): Promise<boolean> {
    const haveHeard = this.tell(forgotten, requestId, level);
    if ('recording' in forgotten) this.told.set(nameOf(forgotten), haveHeard);
    return haveHeard;
  }

  /** Whether all have answered. */
  private async tell(forgotten: ForgetRequest, requestId: string, level: 'warn' | 'debug'): Promise<boolean> {
    const answers = await Promise.all(
      this.workers.all.map(async worker => {
        try {
          await this.client.forget(worker, forgotten, requestId);
          return true;
        } catch (error) {
          const { instance } = worker;
          this.logger[level](
            { requestId, worker: instance, error: describeError(error) },
            'a worker could not be told that a key is disabled or a recording removed',
          );
          return false;
        }
      }),
    );
    return answers.length > 0 && !answers.includes(false);
  }
}

const nameOf = (forgotten: ForgottenRecording): string => JSON.stringify(forgotten);
