import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  manifestFormat,
  manifestText,
  storedZip,
  type ArchiveManifest,
  type TimeStampState,
  type ZipMember,
} from '#archive';
import { describeError, RcsError, ReceiverGoneError, type Logger, type ServerSettings } from '#platform';
import type { AuditEntry, AuditLog, AuditRecord, KeptArchiveStore, Recording, User } from '#store';
import { LOGGER, SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import type { PlayerConnection } from '../playback/player-connection.js';
import { ArchiveContents } from './archive-contents.js';
import { ArchivedRecordings, placeOf, type ArchiveAsked } from './archived-recordings.js';
import { ArchiveNeeds } from './archive-needs.js';
import { ArchiveRecipients, askedFor, type RecipientsOfArchive } from './archive-recipients.js';
import { archiveReadme, readmeName } from './archive-readme.js';
import type { ArchiveRequest } from './archive-request.schema.js';
import { ArchiveSeals } from './archive-seals.js';
import { ArchiveSelection } from './archive-selection.js';
import { memberOf } from './member-of.js';
import { readyAhead, type ReadyMember, type Turn } from './ready-ahead.js';
import { sendPieces } from './send-pieces.js';

/** So many at once in one gateway: each keeps a connection to a worker busy. */
const maximumArchives = 4;

/** Who asks for an archive, and from where. */
export interface ArchiveCaller {
  readonly user: User;
  readonly contactCenter: string;
  /** As every record of the audit about it begins. */
  readonly audited: Pick<AuditEntry, 'user' | 'userSource' | 'contactCenter' | 'address' | 'requestId'>;
  readonly address: string;
  readonly requestId: string;
}

/** Makes archives and sends them while they are made: nothing of them is kept here. */
@Injectable()
export class ArchiveService {
  private active = 0;

  constructor(
    private readonly selection: ArchiveSelection,
    private readonly archived: ArchivedRecordings,
    private readonly seals: ArchiveSeals,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly recipients: ArchiveRecipients,
    @Inject(storeTokens.keptArchives) private readonly kept: KeptArchiveStore,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVER_SETTINGS) private readonly settings: Pick<ServerSettings, 'clientIdleTimeoutMs'>,
  ) {}

  /** @throws RcsError while nothing was sent; later the connection breaks off, so that nothing looks like a whole archive. */
  async send(request: ArchiveRequest, caller: ArchiveCaller, player: PlayerConnection): Promise<void> {
    if (this.active >= maximumArchives)
      throw new RcsError('RCS_OVERLOADED', `${this.active} archives at once`, { retryAfterMs: 30_000 });
    this.active++;
    try {
      await this.make(request, caller, player);
    } finally {
      this.active--;
    }
  }

  private async make(request: ArchiveRequest, caller: ArchiveCaller, player: PlayerConnection): Promise<void> {
    const { user, address, requestId } = caller;
    const id = randomUUID();
    const recipients = await this.recipients.of(request, caller.contactCenter);
    const selected = await this.selection.of(user, request);
    const begun = await this.begin(id, request, caller, recipients);
    const contents = new ArchiveContents();
    const needs = this.needsOf(id, request, caller, begun, recipients);
    const asked: ArchiveAsked = { id, user, address, requestId, recipients, needs, signal: player.signal };
    const members = this.members({ request, caller, asked, begun, selected, contents });
    try {
      player.writeHead(200, {
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="archive-${id}.zip"`,
        'cache-control': 'no-store',
      });
      await sendPieces(storedZip(members), player.response, this.settings.clientIdleTimeoutMs);
      await this.finished(asked, caller, contents, 'done');
    } catch (error) {
      player.abort();
      const outcome = error instanceof ReceiverGoneError || player.signal.aborted ? 'aborted' : 'failed';
      if (outcome === 'failed')
        this.logger.error({ requestId, archive: id, error: describeError(error) }, 'an archive broke off');
      await this.finished(asked, caller, contents, outcome, describeError(error));
    }
  }

  /** What is written before the first byte of an archive. */
  begin(
    id: string,
    request: ArchiveRequest,
    { audited }: Pick<ArchiveCaller, 'audited'>,
    recipients: RecipientsOfArchive,
  ): Promise<AuditRecord> {
    const detail = JSON.stringify({ id, ...askedFor(request, recipients) });
    return this.audit.append({ ...audited, event: 'archive-begun', outcome: 'allowed', detail });
  }

  /** What is in an archive, in order; the manifest and its signature come last. */
  async *members(made: MadeArchive): AsyncGenerator<ZipMember> {
    const { asked, contents, selected, begun } = made;
    yield contents.hashed(memberOf(readmeName, archiveReadme));
    yield* readyAhead(turn => this.recordings(selected, asked, contents, turn));
    const { needs, signal } = asked;
    const seal = { begun, contents, needs, archive: sealedBy(made), signal };
    yield* this.seals.membersOf(seal, state => {
      contents.timeStamp = state;
      return manifestOf(made, state);
    });
  }

  private async *recordings(
    selected: MadeArchive['selected'],
    asked: ArchiveAsked,
    contents: ArchiveContents,
    turn: Turn,
  ): AsyncGenerator<ReadyMember> {
    for await (const recording of selected) yield* this.archived.membersOf(recording, asked, contents, turn);
  }

  /** Whom it is made for. @throws RcsError as `ArchiveRecipients.of` */
  recipientsOf(request: ArchiveRequest, contactCenter: string): Promise<RecipientsOfArchive> {
    return this.recipients.of(request, contactCenter);
  }

  /** Which keys it will need. @param job the job, and which of its parts it is */
  needsOf(
    id: string,
    { reason }: Pick<ArchiveRequest, 'reason'>,
    { user, contactCenter }: Pick<ArchiveCaller, 'user' | 'contactCenter'>,
    { time: begunAt }: AuditRecord,
    { rewrap }: RecipientsOfArchive,
    job?: { readonly id: string; readonly part: number },
  ): ArchiveNeeds {
    const recipient =
      rewrap === undefined ? {} : { recipient: { fingerprint: rewrap.digest, subject: rewrap.subject } };
    const archive = { id, contactCenter, begunAt, requestedBy: user.name, reason, ...recipient };
    return new ArchiveNeeds(this.kept, job === undefined ? archive : { ...archive, job });
  }

  /** What is written when it has ended, however that was. */
  async finished(
    { id, needs }: Pick<ArchiveAsked, 'id' | 'needs'>,
    { audited }: Pick<ArchiveCaller, 'audited'>,
    { recordings, mediaFiles, bytes, leftOut, timeStamp }: ArchiveContents,
    outcome: 'done' | 'aborted' | 'failed',
    why?: string,
  ): Promise<void> {
    const counts = {
      id,
      recordings,
      mediaFiles,
      leftOut: leftOut.length,
      ...(timeStamp === undefined ? {} : { timeStamp }),
      ...(why === undefined ? {} : { why }),
    };
    await needs.ended(outcome === 'done').catch((error: unknown) => {
      this.logger.warn({ archive: id, error: describeError(error) }, 'keys are kept for an archive that broke off');
    });
    try {
      await this.audit.append({
        ...audited,
        event: 'archive-finished',
        outcome,
        bytes,
        detail: JSON.stringify(counts),
      });
    } catch (error) {
      this.logger.error({ archive: id, error: describeError(error) }, 'the end of an archive is not in the audit');
    }
  }
}

/** What the manifest is made of. */
export interface MadeArchive {
  readonly request: ArchiveRequest;
  readonly caller: ArchiveCaller;
  readonly asked: ArchiveAsked;
  /** The record that was written before the first byte. */
  readonly begun: AuditRecord;
  readonly selected: AsyncIterable<Pick<Recording, 'id'>> | Iterable<Pick<Recording, 'id'>>;
  readonly contents: ArchiveContents;
}

const sealedBy = ({ asked, caller }: MadeArchive) => ({
  id: asked.id,
  contactCenter: caller.contactCenter,
  userName: caller.user.name,
});

function manifestOf(made: MadeArchive, timeStamp: TimeStampState | undefined): Buffer {
  const { caller, asked, begun, contents } = made;
  const { reason, ...request } = made.request;
  const selection = askedFor(request, asked.recipients);
  const { user, address, requestId } = caller;
  return manifestText({
    format: manifestFormat,
    id: asked.id,
    contactCenter: caller.contactCenter,
    requestedBy: { user: user.name, ...(user.source === undefined ? {} : { source: user.source }), address, requestId },
    requestedAt: begun.time,
    reason,
    selection,
    finishedAt: new Date().toISOString(),
    recordings: contents.recordings,
    mediaFiles: contents.mediaFiles,
    ...recipientIn(made),
    audit: placeOf(begun),
    auditProofs: contents.proofs,
    ...(timeStamp === undefined ? {} : { timeStamp }),
    members: contents.members,
    leftOut: contents.leftOut,
  });
}

/** Of an archive whose envelopes are re-wrapped. */
function recipientIn({ asked: { recipients }, contents }: MadeArchive): Pick<ArchiveManifest, 'recipient'> {
  if (recipients.rewrap === undefined) return {};
  const { digest: fingerprint, subject } = recipients.rewrap;
  return { recipient: { fingerprint, subject, rewrapped: contents.rewrapped } };
}
