import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { storedZip } from '#archive';
import { describeError, RcsError } from '#platform';
import type { ArchiveJob, SealedPart, UnfinishedPart } from '#store';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { ArchiveContents } from '../archive/archive-contents.js';
import type { ArchiveRequest } from '../archive/archive-request.schema.js';
import { ArchiveSelection } from '../archive/archive-selection.js';
import { ArchiveService, type ArchiveCaller } from '../archive/archive.service.js';
import { AuthenticationService } from '../authentication/authentication.service.js';
import { auditedUser } from '../http/audited-user.js';
import { ArchiveParts, pathOfPart } from './archive-parts.js';
import { PartSelection } from './part-selection.js';

const keptLeftOut = 100;

type NamedPart = UnfinishedPart & Pick<Required<UnfinishedPart>, 'archive'>;

/** A part that is to be written; nothing of it lies anywhere yet. */
export interface BegunPart {
  readonly unfinished: NamedPart;
  /** Writes it, whole. @throws RcsError; then what was written is to be removed. */
  write(signal: AbortSignal): Promise<SealedPart>;
}

/** Makes one part of a job: an archive of its own, with the rights that its orderer has now. */
@Injectable()
export class ArchivePartMaker {
  constructor(
    private readonly users: AuthenticationService,
    private readonly selection: ArchiveSelection,
    private readonly archives: ArchiveService,
    private readonly parts: ArchiveParts,
  ) {}

  /** undefined where nothing is left for a part. @throws RcsError where the orderer may have none, or not now */
  async begin(job: ArchiveJob): Promise<BegunPart | undefined> {
    const caller = await this.caller(job);
    // It was checked when it was asked for.
    const request = job.request as unknown as ArchiveRequest;
    const recordings = await this.selection.behind(caller.user, request, job.position);
    const contents = new ArchiveContents();
    const selected = await PartSelection.of(recordings, job.limits, () => contents.readyBytes);
    if (selected === undefined) return undefined;
    const unfinished = { part: job.counts.parts + 1, attempt: randomBytes(8).toString('hex'), archive: randomUUID() };
    const write = (signal: AbortSignal): Promise<SealedPart> =>
      this.write(job, { caller, request, contents, selected, unfinished }, signal);
    return { unfinished, write };
  }

  private async write(job: ArchiveJob, making: Making, signal: AbortSignal): Promise<SealedPart> {
    const { caller, contents, selected, unfinished } = making;
    const { user, address, requestId } = caller;
    const { archive: id, part } = unfinished;
    const ofJob = { id: job.id, part };
    const request = { ...making.request, job: ofJob };
    const recipients = await this.archives.recipientsOf(request, job.contactCenter);
    const begun = await this.archives.begin(id, request, caller, recipients);
    const needs = this.archives.needsOf(id, request, caller, begun, recipients, ofJob);
    const asked = { id, user, address, requestId, recipients, needs, signal };
    try {
      const members = this.archives.members({ request, caller, asked, begun, selected, contents });
      const written = await this.parts.write(job, unfinished, storedZip(members), signal);
      await this.archives.finished(asked, caller, contents, 'done');
      return sealedPart(job, making, written);
    } catch (error) {
      const outcome = signal.aborted ? 'aborted' : 'failed';
      await this.archives.finished(asked, caller, contents, outcome, describeError(error));
      throw error;
    }
  }

  /** Whoever asked for it, as the account is now. @throws RcsError RCS_INSUFFICIENT_ROLE */
  private async caller({ contactCenter, createdBy }: ArchiveJob): Promise<ArchiveCaller> {
    const { user: name, source, address, requestId } = createdBy;
    const account = source === undefined ? { name } : { name, source, contactCenter };
    const user = await this.users.userOfSession(account);
    if (user === undefined || administeredContactCenter(user) !== contactCenter) {
      const publicDetail = `${JSON.stringify(name)}, who asked for it, is no administrator of the contact center any more`;
      throw new RcsError('RCS_INSUFFICIENT_ROLE', undefined, { publicDetail });
    }
    const audited = { ...auditedUser(user), contactCenter, address, requestId };
    return { user, contactCenter, audited, address, requestId };
  }
}

interface Making {
  readonly caller: ArchiveCaller;
  readonly request: ArchiveRequest;
  readonly contents: ArchiveContents;
  readonly selected: PartSelection;
  readonly unfinished: NamedPart;
}

function sealedPart(
  job: ArchiveJob,
  { contents, selected, unfinished }: Making,
  written: { readonly length: number; readonly sha256: string },
): SealedPart {
  const { recordings, mediaFiles, leftOut } = contents;
  const { counts } = job;
  return {
    part: {
      number: unfinished.part,
      path: pathOfPart(job, unfinished.part),
      archive: unfinished.archive,
      ...written,
      recordings,
      mediaFiles,
      finishedAt: new Date().toISOString(),
    },
    attempt: unfinished.attempt,
    after: {
      position: selected.position,
      counts: {
        parts: counts.parts + 1,
        recordings: counts.recordings + recordings,
        mediaFiles: counts.mediaFiles + mediaFiles,
        bytes: counts.bytes + written.length,
        leftOut: counts.leftOut + leftOut.length,
      },
      leftOut: [...job.leftOut, ...leftOut].slice(0, keptLeftOut),
    },
    isLast: selected.isLast,
  };
}
