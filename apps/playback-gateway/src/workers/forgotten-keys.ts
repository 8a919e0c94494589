import { Inject, Injectable } from '@nestjs/common';
import type { ForgetRequest, WorkerRegistration } from '#contracts';
import { LOGGER } from '../dependencies/injection-tokens.js';
import { WorkerClient } from './worker-client.js';
import { WorkerDirectory } from './worker-directory.js';
import { describeError, type Logger } from '#platform';

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
  constructor(
    @Inject(WorkerDirectory) private readonly workers: KnownWorkers,
    @Inject(WorkerClient) private readonly client: ForgettingWorkers,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Resolves when all have answered or failed to. */
  async announce(forgotten: ForgetRequest, requestId: string): Promise<void> {
    await Promise.all(
      this.workers.all.map(async worker => {
        try {
          await this.client.forget(worker, forgotten, requestId);
        } catch (error) {
          const { instance } = worker;
          this.logger.warn(
            { requestId, worker: instance, error: describeError(error) },
            'a worker could not be told that a key is disabled or a recording removed',
          );
        }
      }),
    );
  }
}
