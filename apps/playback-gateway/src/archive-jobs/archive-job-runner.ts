import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundRounds, type Logger, type ServiceContext } from '#platform';
import type { ArchiveJobStore } from '#store';
import { LOGGER, SERVICE_CONTEXT, storeTokens } from '../dependencies/injection-tokens.js';
import { ArchiveJobWork } from './archive-job-work.js';
import { leaseMs } from './archive-job-lease.js';

/** Jobs that one gateway works on at once: a long one keeps no other from beginning. */
const atOnce = 2;
const idleMs = 1000;
const retryMs = 3000;

/** Takes jobs and works on them. Every gateway has a runner; the store gives a job to one of them. */
@Injectable()
export class ArchiveJobRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds: readonly BackgroundRounds[];

  constructor(
    @Inject(storeTokens.archiveJobs) private readonly jobs: ArchiveJobStore,
    private readonly work: ArchiveJobWork,
    @Inject(LOGGER) logger: Logger,
    @Inject(SERVICE_CONTEXT) { instance }: Pick<ServiceContext, 'instance'>,
  ) {
    const options = { failed: 'archive jobs cannot be taken now', retryMs, logger };
    this.rounds = Array.from(
      { length: atOnce },
      (_, number) => new BackgroundRounds(signal => this.round(`${instance}/${number}`, signal), options),
    );
  }

  onApplicationBootstrap(): void {
    for (const round of this.rounds) round.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.rounds.map(round => round.end()));
  }

  private async round(owner: string, signal: AbortSignal): Promise<number> {
    const now = Date.now();
    const job = await this.jobs.claim({ owner, now, leaseUntil: now + leaseMs });
    if (job === undefined) return idleMs;
    await this.work.work(job, owner, signal);
    return 0;
  }
}
