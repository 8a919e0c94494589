import { Inject, Injectable } from '@nestjs/common';
import {
  envelopeAtHead,
  frameOfContent,
  parseEnvelope,
  readdressAttached,
  readdressDetached,
  type Envelope,
} from '#cms';
import type { GrantContent } from '#grants';
import { RcsError } from '#platform';
import type { RecordingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { grantSubject } from '../grants/grant-subject.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { contentTreeOf } from '../playback/envelope-locator.js';
import type { PermittedMedia } from '../playback/playback.service.js';
import { giveUpBody } from '../workers/give-up-body.js';
import { resumedBody } from '../workers/resumed-body.js';
import { bodyLengthOf, type WorkerAnswer } from '../workers/worker-answer.js';
import { WorkerClient } from '../workers/worker-client.js';
import type { ArchiveRecipient, RecipientsOfArchive } from './archive-recipients.js';
import { ArchiveRewraps } from './archive-rewraps.js';

/** A media file as it stands in an archive: one PKCS#7 file. */
export interface ArchiveMember {
  readonly length: number;
  readonly envelope: Envelope;
  /** Whether its envelope is for the recipient of the archive, instead of its own. */
  readonly rewrapped: boolean;
  content(): AsyncGenerator<Buffer>;
  /** When nobody wants the content after all. */
  giveUp(): void;
}

const maximumHeadBytes = 1024 * 1024;

interface Asked {
  readonly media: PermittedMedia;
  readonly userName: string;
  /** Id of the archive. */
  readonly archive: string;
  readonly recipients: RecipientsOfArchive;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/**
 * Fetches media files through workers for archives, and makes each a PKCS#7 file. No key is used, unless the archive is for
 * a recipient of its own.
 */
@Injectable()
export class ArchivedMediaSource {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: Pick<RecordingStore, 'findLeaves'>,
    private readonly errands: WorkerErrands,
    private readonly workers: WorkerClient,
    private readonly rewraps: ArchiveRewraps,
  ) {}

  /** @throws RcsError of the worker; CmsError where the stored file and its envelope make no PKCS#7 */
  async open(asked: Asked): Promise<ArchiveMember> {
    const { detached } = asked.media.envelope;
    // What cannot be joined is known before anything is fetched.
    const own = detached === undefined ? undefined : Buffer.from(detached, 'base64');
    if (own !== undefined) frameOfContent(own, 0);
    const info = await this.recipientInfo(asked);
    const rewrapped = info !== undefined;
    const joined = own === undefined || info === undefined ? own : readdressDetached(own, info);
    const answer = await this.ask(asked);
    // It may wait for its turn, and break off meanwhile: whoever reads it then hears of that, and asks another worker.
    answer.body.on('error', () => undefined);
    const stored = bodyLengthOf(answer);
    const giveUp = (): void => giveUpBody(answer.body, stored);
    try {
      if (joined === undefined)
        return { ...(await withEnvelopeAtHead(this.bytes(answer, asked), stored, info)), rewrapped, giveUp };
      const { head, tail } = frameOfContent(joined, stored);
      const bytes = this.bytes(answer, asked);
      const content = () => framed(head, bytes, tail);
      const length = head.length + stored + tail.length;
      return { length, envelope: parseEnvelope(joined), rewrapped, content, giveUp };
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  /** Where the archive is for a recipient of its own, and the media is encrypted. */
  private async recipientInfo({ recipients: { rewrap }, media, ...asked }: Asked): Promise<Buffer | undefined> {
    if (rewrap === undefined || media.envelope.layout === 'plain') return undefined;
    return this.rewraps.recipientInfo({ ...asked, media, recipient: rewrap });
  }

  /** From the worker that began, and where it breaks off from another one, from the very byte. */
  private bytes(begun: WorkerAnswer, asked: Asked): AsyncGenerator<Buffer> {
    const length = bodyLengthOf(begun);
    const askRest = async (offset: number): Promise<WorkerAnswer> => {
      const answer = await this.ask(asked, { entityTag: begun.headers['etag'] ?? '', offset });
      if (bodyLengthOf(answer) !== length - offset) throw new RcsError('RCS_STORAGE_CHANGED');
      return answer;
    };
    return resumedBody(begun, 0, askRest, asked.signal);
  }

  private async ask(
    asked: Asked,
    resume?: { readonly entityTag: string; readonly offset: number },
  ): Promise<WorkerAnswer> {
    const { media, userName, recipients, requestId, signal } = asked;
    const recipient = recipients.plain;
    const { recording, mediaFile } = media;
    const begin = (contentTree?: string): Promise<WorkerAnswer> =>
      this.errands.run(
        archiveGrant(media, userName, recipient),
        (worker, granted) => {
          const more = {
            ...(contentTree === undefined ? {} : { contentTree }),
            ...(resume === undefined ? {} : { resume }),
            ...(media.envelope.layout === 'plain' && recipient !== undefined ? { recipient: recipient.pem } : {}),
          };
          return this.workers.archive(worker, { ...granted, ...more }, requestId, signal);
        },
        signal,
      );
    if (media.envelope.content?.root === undefined) return begin();
    return begin(await contentTreeOf(this.recordings as RecordingStore, recording.id, mediaFile.mediaId));
  }
}

const archiveGrant = (
  { recording, mediaFile, envelope: { layout, digest, content } }: PermittedMedia,
  userName: string,
  recipient: ArchiveRecipient | undefined,
): GrantContent => ({
  ...grantSubject(recording, mediaFile, userName),
  purpose: 'archive',
  layout,
  ...(digest === undefined ? {} : { envelopeDigest: digest }),
  ...(content === undefined ? {} : { content }),
  ...(layout === 'plain' && recipient !== undefined ? { recipient: recipient.digest } : {}),
});

/**
 * A file that begins with its envelope: how it opens is known when that has come.
 * @param info the one recipient that it has then; its own ones stay where there is none
 */
async function withEnvelopeAtHead(
  bytes: AsyncGenerator<Buffer>,
  stored: number,
  info: Buffer | undefined,
): Promise<Pick<ArchiveMember, 'length' | 'envelope' | 'content'>> {
  let begun = Buffer.alloc(0);
  for (;;) {
    const envelope = begun.length === 0 ? undefined : envelopeAtHead(begun, stored);
    if (envelope !== undefined && info === undefined)
      return { length: stored, envelope, content: contentOf(begun, bytes) };
    if (envelope !== undefined && info !== undefined) {
      const { head, replaced, length } = readdressAttached(begun, stored, info);
      const changed = Buffer.concat([head, begun.subarray(replaced)]);
      return { length, envelope: envelopeAtHead(changed, length) ?? envelope, content: contentOf(changed, bytes) };
    }
    if (begun.length > maximumHeadBytes) throw new RcsError('RCS_ENVELOPE_UNREADABLE', 'the envelope has no end');
    const next = await bytes.next();
    if (next.done === true) throw new RcsError('RCS_ENVELOPE_UNREADABLE', 'the file ends within its envelope');
    begun = Buffer.concat([begun, next.value]);
  }
}

const contentOf = (head: Buffer, bytes: AsyncGenerator<Buffer>) => () => framed(head, bytes, Buffer.alloc(0));

async function* framed(head: Buffer, bytes: AsyncGenerator<Buffer>, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  yield* bytes;
  if (tail.length > 0) yield tail;
}
