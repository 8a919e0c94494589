import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { ArchiveJob, ArchiveJobStore, ArchivePart, AuditLog } from '#store';
import { askedFor } from '../archive/archive-recipients.js';
import { type ArchiveCaller, ArchiveService } from '../archive/archive.service.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { ArchiveParts } from './archive-parts.js';
import { withFixedTimes, type ArchiveJobInput } from './archive-job.schema.js';
import { jobView, type ArchiveJobView } from './archive-job-view.js';

/** Jobs of a contact center that are not at their end. */
const mostOpenJobs = 20;
const shownJobs = 100;
const shownParts = 500;
const noCounts = { parts: 0, recordings: 0, mediaFiles: 0, bytes: 0, leftOut: 0 };

/** A job before its first part. */
export function newJob(
  asked: Pick<ArchiveJob, 'contactCenter' | 'request' | 'destination' | 'limits' | 'createdBy' | 'scheduledFor'>,
  now: Date,
): ArchiveJob {
  const id = randomUUID();
  const createdAt = now.toISOString();
  const day = asked.scheduledFor ?? createdAt.slice(0, 10);
  return {
    ...asked,
    id,
    state: 'running',
    name: `archive-${day}-${id.slice(0, 8)}`,
    createdAt,
    updatedAt: createdAt,
    counts: noCounts,
    leftOut: [],
    attempts: 0,
  };
}

/** Who has a job made, as it is kept. */
export const ordererOf = ({ user: { name, source }, address, requestId }: ArchiveCaller): ArchiveJob['createdBy'] => ({
  user: name,
  ...(source === undefined ? {} : { source }),
  address,
  requestId,
});

/** Begins, shows, pauses, resumes and cancels jobs; the work itself is done by whichever gateway takes it. */
@Injectable()
export class ArchiveJobService {
  constructor(
    @Inject(storeTokens.archiveJobs) private readonly jobs: ArchiveJobStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly parts: ArchiveParts,
    private readonly archives: ArchiveService,
  ) {}

  /**
   * @throws RcsError RCS_MEDIA_LOCATION_REFUSED where the destination is in no storage of the contact center, RCS_OVERLOADED
   * where it has too many jobs
   */
  async create(input: ArchiveJobInput, caller: ArchiveCaller): Promise<ArchiveJobView> {
    const { destination, parts: limits, ...request } = input;
    const { contactCenter } = caller;
    const recipients = await this.archives.recipientsOf(request, contactCenter);
    const now = new Date();
    const fixed = withFixedTimes(request, now.getTime());
    const job = newJob({ contactCenter, request: fixed, destination, limits, createdBy: ordererOf(caller) }, now);
    await this.parts.requirePlace(job);
    const detail = JSON.stringify({ id: job.id, destination, ...askedFor(request, recipients) });
    await this.audit.append({ ...caller.audited, event: 'archive-job-created', outcome: 'allowed', detail });
    if (!(await this.jobs.create(job, mostOpenJobs)))
      throw new RcsError('RCS_OVERLOADED', `${mostOpenJobs} archive jobs of ${contactCenter}`, {
        retryAfterMs: 60_000,
      });
    return jobView(job);
  }

  async list(contactCenter: string): Promise<readonly ArchiveJobView[]> {
    return (await this.jobs.list(contactCenter, shownJobs)).map(jobView);
  }

  /** With its parts behind a number. @throws RcsError RCS_NOT_FOUND */
  async get(contactCenter: string, id: string, after: number) {
    const job = await this.require(contactCenter, id);
    const parts = await this.jobs.parts(contactCenter, id, after, shownParts);
    const last = parts.length < shownParts ? undefined : parts.at(-1);
    return { ...jobView(job), parts, ...(last === undefined ? {} : { next: last.number }) };
  }

  /** @throws RcsError RCS_NOT_FOUND */
  async part(
    contactCenter: string,
    id: string,
    number: number,
  ): Promise<{ readonly job: ArchiveJob; readonly part: ArchivePart }> {
    const job = await this.require(contactCenter, id);
    const [part] = await this.jobs.parts(contactCenter, id, number - 1, 1);
    if (part?.number === number) return { job, part };
    throw new RcsError('RCS_NOT_FOUND', `no part ${number} of archive job ${id}`);
  }

  /** @throws RcsError RCS_NOT_FOUND; RCS_ARCHIVE_JOB_ENDED where that is not possible any more */
  async setState(
    state: 'running' | 'paused' | 'cancelled',
    id: string,
    { contactCenter, audited }: ArchiveCaller,
  ): Promise<ArchiveJobView> {
    const found = await this.require(contactCenter, id);
    const event = ({ running: 'resumed', paused: 'paused', cancelled: 'cancelled' } as const)[state];
    await this.audit.append({ ...audited, event: `archive-job-${event}`, outcome: 'allowed', detail: id });
    const job = await this.jobs.setState(contactCenter, id, state, new Date().toISOString());
    if (job !== undefined) return jobView(job);
    throw new RcsError('RCS_ARCHIVE_JOB_ENDED', undefined, { publicDetail: `the job is ${found.state}` });
  }

  private async require(contactCenter: string, id: string): Promise<ArchiveJob> {
    const job = await this.jobs.find(contactCenter, id);
    if (job !== undefined) return job;
    throw new RcsError('RCS_NOT_FOUND', `no archive job ${id}`);
  }
}
