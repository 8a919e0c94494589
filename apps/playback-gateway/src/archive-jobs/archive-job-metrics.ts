import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundRounds, type Logger } from '#platform';
import type { ArchiveJobStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { ArchiveJobGauge } from '../metrics/archive-job-gauge.js';

const everyMs = 15_000;

/** Says how many jobs there are, as a metric; every gateway says the same. */
@Injectable()
export class ArchiveJobMetrics implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds: BackgroundRounds;

  constructor(
    @Inject(storeTokens.archiveJobs) jobs: Pick<ArchiveJobStore, 'count'>,
    gauge: ArchiveJobGauge,
    @Inject(LOGGER) logger: Logger,
  ) {
    const round = async (): Promise<number> => {
      gauge.set(await jobs.count());
      return everyMs;
    };
    this.rounds = new BackgroundRounds(round, { failed: 'archive jobs are not counted now', retryMs: everyMs, logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.end();
  }
}
