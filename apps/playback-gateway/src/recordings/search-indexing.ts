import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { describeError, type Logger } from '#platform';
import type { RecordingSearchStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';

const batchSize = 100;
/** Players come first. */
const pauseMs = 50;
/** A gateway of an earlier version may insert recordings beside this one. */
const idleMs = 30_000;

/** Puts recordings into the index of the search that a version without one inserted. */
@Injectable()
export class SearchIndexing implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  constructor(
    @Inject(storeTokens.recordingSearch) private readonly index: RecordingSearchStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.finished = this.loop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const isOver = await this.batch();
      await sleep(isOver ? idleMs : pauseMs, undefined, { signal: this.stopping.signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  /** Whether nothing is left, as far as is known. */
  private async batch(): Promise<boolean> {
    try {
      return (await this.index.indexMissing(batchSize)) < batchSize;
    } catch (error) {
      this.logger.warn({ error: describeError(error) }, 'recordings cannot be put into the index of the search now');
      return true;
    }
  }
}
