import { Inject, Injectable } from '@nestjs/common';
import { envelopeAtHead, frameOfContent, parseEnvelope, type Envelope } from '#cms';
import type { GrantContent } from '#grants';
import { RcsError } from '#platform';
import type { RecordingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { grantSubject } from '../grants/grant-subject.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { contentTreeOf } from '../playback/envelope-locator.js';
import type { PermittedMedia } from '../playback/playback.service.js';
import { giveUpBody } from '../workers/give-up-body.js';
import { bodyLengthOf, WorkerClient, type WorkerAnswer } from '../workers/worker-client.js';

/** A certificate that plain media are encrypted for. */
export interface PlainRecipient {
  readonly pem: string;
  /** SHA-256 of its DER, hexadecimal. */
  readonly digest: string;
}

/** A media file as it stands in an archive: one PKCS#7 file. */
export interface ArchiveMember {
  readonly length: number;
  readonly envelope: Envelope;
  content(): AsyncGenerator<Buffer>;
  /** When nobody wants the content after all. */
  giveUp(): void;
}

/** Workers that break off one after the other without a byte from any of them. */
const maximumFailures = 4;
const maximumHeadBytes = 1024 * 1024;

interface Asked {
  readonly media: PermittedMedia;
  readonly userName: string;
  readonly recipient: PlainRecipient | undefined;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Fetches media files through workers for archives, and makes each a PKCS#7 file. No key is used. */
@Injectable()
export class ArchivedMediaSource {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: Pick<RecordingStore, 'findLeaves'>,
    private readonly errands: WorkerErrands,
    private readonly workers: WorkerClient,
  ) {}

  /** @throws RcsError of the worker; CmsError where the stored file and its envelope make no PKCS#7 */
  async open(asked: Asked): Promise<ArchiveMember> {
    const { detached } = asked.media.envelope;
    // What cannot be joined is known before anything is fetched.
    const joined = detached === undefined ? undefined : Buffer.from(detached, 'base64');
    if (joined !== undefined) frameOfContent(joined, 0);
    const answer = await this.ask(asked);
    const stored = bodyLengthOf(answer);
    const giveUp = (): void => giveUpBody(answer.body, stored);
    try {
      if (joined === undefined) return await withOwnEnvelope(this.bytes(answer, asked), stored, giveUp);
      const { head, tail } = frameOfContent(joined, stored);
      const bytes = this.bytes(answer, asked);
      const content = () => framed(head, bytes, tail);
      return { length: head.length + stored + tail.length, envelope: parseEnvelope(joined), content, giveUp };
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  /** From the worker that began, and where it breaks off from another one, from the very byte. */
  private async *bytes(begun: WorkerAnswer, asked: Asked): AsyncGenerator<Buffer> {
    const length = bodyLengthOf(begun);
    let answer = begun;
    let offset = 0;
    for (let failures = 0; ;) {
      try {
        for await (const chunk of answer.body as AsyncIterable<Buffer>) {
          offset += chunk.length;
          failures = 0;
          yield chunk;
        }
        return;
      } catch (error) {
        if (asked.signal.aborted || ++failures === maximumFailures) throw error;
        answer = await this.ask(asked, { entityTag: begun.headers['etag'] ?? '', offset });
        if (bodyLengthOf(answer) !== length - offset) throw new RcsError('RCS_STORAGE_CHANGED');
      }
    }
  }

  private async ask(
    asked: Asked,
    resume?: { readonly entityTag: string; readonly offset: number },
  ): Promise<WorkerAnswer> {
    const { media, userName, recipient, requestId, signal } = asked;
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
  recipient: PlainRecipient | undefined,
): GrantContent => ({
  ...grantSubject(recording, mediaFile, userName),
  purpose: 'archive',
  layout,
  ...(digest === undefined ? {} : { envelopeDigest: digest }),
  ...(content === undefined ? {} : { content }),
  ...(layout === 'plain' && recipient !== undefined ? { recipient: recipient.digest } : {}),
});

/** A file that begins with its envelope: how it opens is known when that has come. */
async function withOwnEnvelope(
  bytes: AsyncGenerator<Buffer>,
  length: number,
  giveUp: () => void,
): Promise<ArchiveMember> {
  let head = Buffer.alloc(0);
  for (;;) {
    const envelope = head.length === 0 ? undefined : envelopeAtHead(head, length);
    const content = (): AsyncGenerator<Buffer> => framed(head, bytes, Buffer.alloc(0));
    if (envelope !== undefined) return { length, envelope, content, giveUp };
    if (head.length > maximumHeadBytes) throw new RcsError('RCS_ENVELOPE_UNREADABLE', 'the envelope has no end');
    const next = await bytes.next();
    if (next.done === true) throw new RcsError('RCS_ENVELOPE_UNREADABLE', 'the file ends within its envelope');
    head = Buffer.concat([head, next.value]);
  }
}

async function* framed(head: Buffer, bytes: AsyncGenerator<Buffer>, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  yield* bytes;
  if (tail.length > 0) yield tail;
}
