import { Inject, Injectable, Optional, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundRounds, type Logger } from '#platform';
import type { ArchiveJob, ArchiveJobStore, ArchiveSchedule, AuditLog, RetentionStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { withoutCertificate } from './archive-job.schema.js';
import { newJob } from './archive-job.service.js';
import { beginOf, dayMs, dayOf, dueDays } from './due-days.js';

const lookEveryMs = 5000;

/** The time by which it goes; the clock of this machine unless told. */
export const ARCHIVE_CLOCK = Symbol('the clock of archive schedules');

/** Begins the jobs of schedules when their time has come. Every gateway looks; the store gives each day to one of them. */
@Injectable()
export class ArchiveScheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds: BackgroundRounds;

  constructor(
    @Inject(storeTokens.archiveJobs) private readonly jobs: Pick<ArchiveJobStore, 'schedules' | 'startScheduled'>,
    @Inject(storeTokens.audit) private readonly audit: Pick<AuditLog, 'append'>,
    @Inject(storeTokens.retention) private readonly retention: Pick<RetentionStore, 'notAhead'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn'>,
    @Optional() @Inject(ARCHIVE_CLOCK) private readonly now: () => number = Date.now,
  ) {
    const failed = 'archive schedules cannot be looked at now';
    const round = async (): Promise<number> => {
      await this.look();
      return lookEveryMs;
    };
    this.rounds = new BackgroundRounds(round, { failed, retryMs: lookEveryMs, logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.end();
  }

  /** Begins what is due now. */
  async look(): Promise<void> {
    // A day has one job: days to come would have had theirs.
    const now = await this.retention.notAhead(this.now());
    for (const schedule of await this.jobs.schedules())
      for (const day of dueDays(schedule, now)) await this.start(schedule, day, now);
  }

  private async start(schedule: ArchiveSchedule, day: string, now: number): Promise<void> {
    const job = jobOfDay(schedule, day, now);
    if (!(await this.jobs.startScheduled(job, day, schedule.version))) return;
    const { contactCenter, createdBy } = job;
    const { user, source, address, requestId } = createdBy;
    this.logger.info({ job: job.id, contactCenter, day }, 'the archive of a schedule is made');
    await this.audit.append({
      user,
      ...(source === undefined ? {} : { userSource: source }),
      contactCenter,
      address,
      requestId,
      event: 'archive-job-created',
      outcome: 'allowed',
      detail: JSON.stringify({
        id: job.id,
        scheduledFor: day,
        destination: job.destination,
        ...withoutCertificate(job.request),
      }),
    });
  }
}

/** Its days are counted back from the beginning of this one, whenever the job is really begun. */
function jobOfDay({ contactCenter, request, destination, limits, setBy }: ArchiveSchedule, day: string, now: number) {
  const { age, ...others } = request;
  const { minimumDays, maximumDays } = age as { readonly minimumDays: number; readonly maximumDays: number };
  const [startTime, endTime] = [maximumDays, minimumDays].map(days => beginOf(day) - days * dayMs) as [number, number];
  const search = { startTime, endTime };
  const asked = { contactCenter, request: { ...others, search }, destination, limits, createdBy: setBy };
  const job: ArchiveJob = newJob({ ...asked, scheduledFor: day }, new Date(now));
  return { ...job, name: `archive-${dayOf(startTime)}-${job.id.slice(0, 8)}` };
}
