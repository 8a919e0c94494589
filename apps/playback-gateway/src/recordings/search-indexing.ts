import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundRounds, type Logger } from '#platform';
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
  private readonly rounds: BackgroundRounds;

  constructor(
    @Inject(storeTokens.recordingSearch) private readonly index: RecordingSearchStore,
    @Inject(LOGGER) logger: Logger,
  ) {
    const failed = 'recordings cannot be put into the index of the search now';
    this.rounds = new BackgroundRounds(() => this.batch(), { failed, retryMs: idleMs, logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.end();
  }

  /** Answers how long to wait for the next: longer where nothing is left, as far as is known. */
  private async batch(): Promise<number> {
    return (await this.index.indexMissing(batchSize)) < batchSize ? idleMs : pauseMs;
  }
}
