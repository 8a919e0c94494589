import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ContentTreeReply } from '#contracts';
import { RcsError } from '#platform';
import type { AuditLog, MediaFinding, PinnedMedia, RecordingStore, UnindexedMedia } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { findingOfContentTree, findingOfInspection, findingOfMetadata } from './media-finding.js';
import { MediaInspector, type InspectionRequest } from './media-inspector.js';
import { MediaPinning } from './media-pinning.js';

/** In grants and in the audit: it is no person that looks. */
const indexerName = 'media-index';

/** What is done with one media file in the background. */
@Injectable()
export class IndexStep {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    private readonly inspector: MediaInspector,
    private readonly pinning: MediaPinning,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  /** Finds out whom a media file is for. @throws RcsError when that cannot be told now. */
  async inspect(media: UnindexedMedia, signal: AbortSignal): Promise<void> {
    const known = findingOfMetadata(media.mediaFile, 'indexer');
    if (known !== undefined) return this.pin(media, known);
    const { agreed, recipients } = await this.pinning.inspect(requestFor(media, signal), 'indexer');
    if (!agreed) await this.refuse(media);
    if (recipients === undefined) throw new RcsError('RCS_ENVELOPE_UNREADABLE');
  }

  /** Makes the content tree of an inspected media file. Answers how many bytes were read for that. @throws RcsError */
  async makeContentTree(media: UnindexedMedia, signal: AbortSignal): Promise<number> {
    const request = requestFor(media, signal);
    const before = await this.recordings.findPin(media.recording.id, media.mediaFile.mediaId);
    if (before === undefined) throw new RcsError('RCS_INTERNAL', 'an inspected media file is not pinned');
    const tree = await this.inspector.contentTree(request);
    if (before.layout === 'attached') await this.checkEnvelope(request, tree, media);
    const finding = findingOfContentTree(media.mediaFile, before, tree);
    await this.pin(media, finding);
    if (wasMoved(before, finding.pin)) await this.noteMove(media, before, finding.pin);
    return tree.length;
  }

  /** What was read must be the file that has the pinned envelope, and not one that took its place since. */
  private async checkEnvelope(request: InspectionRequest, tree: ContentTreeReply, media: UnindexedMedia) {
    const found = await this.inspector.inspect(request);
    const isSame =
      found.length === tree.length && found.entityTag === tree.entityTag && found.lastModified === tree.lastModified;
    if (!isSame) throw new RcsError('RCS_STORAGE_CHANGED');
    await this.pin(media, findingOfInspection(media.mediaFile, found, 'indexer'));
  }

  private async pin(media: UnindexedMedia, finding: MediaFinding): Promise<void> {
    const { agreed } = await this.recordings.pin(media.recording.id, finding);
    if (!agreed) await this.refuse(media);
  }

  /** In the audit once, and not with every attempt. */
  private async refuse(media: UnindexedMedia): Promise<never> {
    if (media.attempts === 0) await this.note(media, 'refused', 'the stored file is not the one that was pinned');
    throw new RcsError('RCS_CONTENT_CHANGED');
  }

  private noteMove(media: UnindexedMedia, before: PinnedMedia, now: PinnedMedia): Promise<void> {
    const marks = ({ entityTag, lastModified }: PinnedMedia): string => `${entityTag ?? '-'} ${lastModified ?? '-'}`;
    return this.note(
      media,
      'done',
      `the storage gave the file other marks (${marks(before)}, now ${marks(now)}) before its content tree was made; ` +
        'envelope and length are the pinned ones',
    );
  }

  private async note({ recording, mediaFile }: UnindexedMedia, outcome: 'done' | 'refused', detail: string) {
    await this.audit.append({
      event: 'media-inspected',
      outcome,
      user: indexerName,
      contactCenter: recording.contactCenter,
      recording: recording.id,
      mediaFile: mediaFile.mediaId,
      detail,
    });
  }
}

const requestFor = ({ recording, mediaFile }: UnindexedMedia, signal: AbortSignal): InspectionRequest => ({
  recording,
  mediaFile,
  userName: indexerName,
  requestId: randomUUID(),
  signal,
});

const wasMoved = (before: PinnedMedia, now: PinnedMedia): boolean =>
  before.length !== undefined && (before.entityTag !== now.entityTag || before.lastModified !== now.lastModified);
