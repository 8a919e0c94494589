import { Inject, Injectable } from '@nestjs/common';
import { FolderNames, folderOfRecording, recordingDocument, type ArchivedMedia } from '#archive';
import { CmsError } from '#cms';
import { RcsError, type ErrorCode } from '#platform';
import type { AuditLog, AuditRecord, MediaFile, Recording, User } from '#store';
import { ReadableRecordings } from '../authorisation/readable-recordings.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { noConditions } from '../http/condition-fields.js';
import { ExternalUrl } from '../http/external-url.js';
import { contentProofOf } from '../playback/playback-audit.js';
import { PlaybackService, type PermittedMedia } from '../playback/playback.service.js';
import { recordingResource } from '../recordings/recording-resource.js';
import type { ArchiveContents } from './archive-contents.js';
import type { ArchiveNeeds } from './archive-needs.js';
import type { RecipientsOfArchive } from './archive-recipients.js';
import { ArchivedMediaSource, type ArchiveMember } from './archived-media-source.js';
import type { ReadyMember, Turn } from './ready-ahead.js';

/** For whom an archive is made. */
export interface ArchiveAsked {
  /** Of the archive. */
  readonly id: string;
  readonly user: User;
  readonly address: string;
  readonly requestId: string;
  readonly recipients: RecipientsOfArchive;
  readonly needs: ArchiveNeeds;
  readonly signal: AbortSignal;
}

/** What is the matter with one media file, and no reason to give up the others. */
const ofOneFile: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_RECORDING_NOT_FOUND',
  'RCS_MEDIA_FILE_NOT_FOUND',
  'RCS_INSUFFICIENT_PERMISSION',
  'RCS_INSUFFICIENT_ROLE',
  'RCS_MEDIA_LOCATION_REFUSED',
  'RCS_MEDIA_NOT_RECOGNISED',
  'RCS_MEDIA_DECLARED_ENCRYPTED',
  'RCS_CONTENT_CHANGED',
  'RCS_ENVELOPE_CHANGED',
  'RCS_ENVELOPE_UNREADABLE',
  'RCS_STORAGE_FILE_MISSING',
  'RCS_STORAGE_CHANGED',
  // What is re-wrapped is opened first.
  'RCS_MEDIA_UNDECRYPTABLE',
  'RCS_KEY_NOT_FOUND',
  'RCS_KEY_AMBIGUOUS',
  'RCS_KEY_DISABLED',
]);

/**
 * The members of an archive that are of one recording: its media files, each judged like a playback and written into the
 * audit before its first byte, and `recording.json`, which says how each opens or why it is not there.
 */
@Injectable()
export class ArchivedRecordings {
  constructor(
    private readonly readable: ReadableRecordings,
    private readonly playback: PlaybackService,
    private readonly source: ArchivedMediaSource,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly externalUrl: ExternalUrl,
  ) {}

  /** @param turn may be waited for: other members of the archive are being written while these are made ready */
  async *membersOf(
    { id }: Pick<Recording, 'id'>,
    asked: ArchiveAsked,
    contents: ArchiveContents,
    turn: Turn,
  ): AsyncGenerator<ReadyMember> {
    const recording = await this.stillThere(id, asked, contents);
    if (recording === undefined) return;
    const folder = folderOfRecording({
      contactCenter: recording.contactCenter,
      tenant: recording.mediaFiles.find(({ tenant }) => tenant !== undefined)?.tenant,
      startTime: recording.startTime,
      id: recording.id,
    });
    const names = new FolderNames(['recording.json']);
    const media: ArchivedMedia[] = [];
    const modified = timeOf(recording.startTime);
    for (const mediaFile of recording.mediaFiles) {
      const { mediaId } = mediaFile;
      try {
        const permitted = await this.permitted(recording, mediaFile, asked);
        // What is encrypted on its way is another file each time: a worker that gave up waiting could not go on with it.
        if (permitted.envelope.layout === 'plain') await turn();
        const member = await this.source.open({
          ...asked,
          archive: asked.id,
          media: permitted,
          userName: asked.user.name,
        });
        const file = names.take(mediaId, '.bin');
        const audit = await this.recorded(permitted, asked, member);
        const { length, envelope, rewrapped } = member;
        media.push({ mediaId, file, length, envelope, rewrapped });
        const origin = { recording: recording.id, mediaFile: mediaId, audit: placeOf(audit) };
        yield contents.hashed({ ...member, name: `${folder}/${file}`, modified }, origin, rewrapped);
      } catch (error) {
        const leftOut = reasonOf(error);
        if (leftOut === undefined) throw error;
        media.push({ mediaId, leftOut: leftOut.code });
        contents.leftOut.push({ recording: recording.id, mediaFile: mediaId, ...leftOut });
      }
    }
    const document = recordingDocument(recordingResource(recording, this.externalUrl.value), media);
    const content = (): Buffer[] => [document];
    const member = { name: `${folder}/recording.json`, length: document.length, modified, content };
    yield contents.hashed(member, { recording: recording.id });
  }

  /** A recording that was found a while ago may have been erased since: nothing of it goes into the archive. */
  private async stillThere(
    id: string,
    { user }: ArchiveAsked,
    { leftOut }: ArchiveContents,
  ): Promise<Recording | undefined> {
    try {
      return await this.readable.find(user, id);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      leftOut.push({ recording: id, ...reason });
      return undefined;
    }
  }

  private async permitted(
    { id }: Recording,
    { leaf }: MediaFile,
    { user, address, requestId, recipients, signal }: ArchiveAsked,
  ): Promise<PermittedMedia> {
    const asked = { user, recordingId: id, leaf, address, requestId, ticketId: undefined, asDownload: true } as const;
    const media = await this.playback.permitted({ ...asked, method: 'GET', conditions: noConditions }, signal);
    if (media.envelope.layout === 'plain' && recipients.plain === undefined)
      throw new LeftOutError(
        'plain',
        'it is not encrypted, and no certificate was named that it is to be encrypted for',
      );
    return media;
  }

  private async recorded(
    { subject, envelope }: PermittedMedia,
    { id, recipients, needs }: ArchiveAsked,
    member: ArchiveMember,
  ) {
    const { digest } = envelope;
    try {
      await needs.add(member.envelope);
      return await this.audit.append({
        ...subject,
        ...(digest === undefined ? {} : { envelopeDigest: digest }),
        contentProof: contentProofOf(envelope),
        event: 'archived',
        outcome: 'allowed',
        detail: `archive ${id}${member.rewrapped ? `, re-wrapped for ${recipients.rewrap?.digest ?? ''}` : ''}`,
      });
    } catch (error) {
      member.giveUp();
      throw error;
    }
  }
}

/** Why an archive goes on without a media file. */
class LeftOutError extends Error {
  constructor(
    readonly code: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** undefined for what ends the archive. */
function reasonOf(error: unknown): { readonly code: string; readonly reason: string } | undefined {
  if (error instanceof LeftOutError) return { code: error.code, reason: error.reason };
  if (error instanceof CmsError)
    return {
      code: 'not-pkcs7',
      reason: 'its envelope is in the form of another writer, which no PKCS#7 file can hold',
    };
  if (!(error instanceof RcsError) || !ofOneFile.has(error.code)) return undefined;
  return { code: error.code, reason: error.definition.title };
}

export const placeOf = ({ writer, sequence }: AuditRecord) => ({ writer, sequence });

/** Of a time as recorders write it; the epoch of ZIP where there is none. */
function timeOf(time: string | undefined): Date {
  const parsed = Date.parse((time ?? '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return new Date(Number.isNaN(parsed) ? 0 : parsed);
}
