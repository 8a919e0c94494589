import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { ArchiveJobStore, ArchiveSchedule, AuditLog, RetentionStore } from '#store';
import { ArchiveService, type ArchiveCaller } from '../archive/archive.service.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { newJob, ordererOf } from './archive-job.service.js';
import { withoutCertificate, type ArchiveScheduleInput } from './archive-job.schema.js';
import { scheduleView } from './archive-job-view.js';
import { ArchiveParts } from './archive-parts.js';
import { lastDueDay } from './due-days.js';

/** When a contact center's archive is made by itself. */
@Injectable()
export class ArchiveScheduleService {
  constructor(
    @Inject(storeTokens.archiveJobs) private readonly jobs: ArchiveJobStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(storeTokens.retention) private readonly retention: Pick<RetentionStore, 'notAhead'>,
    private readonly parts: ArchiveParts,
    private readonly archives: ArchiveService,
  ) {}

  /** @throws RcsError RCS_NOT_FOUND */
  async get(contactCenter: string) {
    const schedule = await this.jobs.schedule(contactCenter);
    if (schedule === undefined) throw new RcsError('RCS_NOT_FOUND', `no archive schedule of ${contactCenter}`);
    return scheduleView(schedule);
  }

  /** The first archive is made when its time of day comes next. @throws RcsError as a job would */
  async put({ at, destination, parts: limits, ...request }: ArchiveScheduleInput, caller: ArchiveCaller) {
    const { contactCenter } = caller;
    const now = new Date(await this.retention.notAhead(Date.now()));
    const setBy = ordererOf(caller);
    await this.archives.recipientsOf(request, contactCenter);
    await this.parts.requirePlace(newJob({ contactCenter, request, destination, limits, createdBy: setBy }, now));
    const detail = JSON.stringify({ at, destination, ...withoutCertificate(request) });
    await this.audit.append({ ...caller.audited, event: 'archive-schedule-set', outcome: 'allowed', detail });
    const schedule: ArchiveSchedule = {
      contactCenter,
      version: randomUUID(),
      at,
      request,
      destination,
      limits,
      setBy,
      setAt: now.toISOString(),
      lastDay: lastDueDay(at, now.getTime()),
    };
    return scheduleView(await this.jobs.putSchedule(schedule));
  }

  /** Jobs that were begun go on. @throws RcsError RCS_NOT_FOUND */
  async remove({ contactCenter, audited }: ArchiveCaller): Promise<void> {
    await this.audit.append({ ...audited, event: 'archive-schedule-removed', outcome: 'allowed' });
    if (await this.jobs.removeSchedule(contactCenter)) return;
    throw new RcsError('RCS_NOT_FOUND', `no archive schedule of ${contactCenter}`);
  }
}
