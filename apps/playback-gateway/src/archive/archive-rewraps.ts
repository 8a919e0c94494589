import { Inject, Injectable } from '@nestjs/common';
import { archiveRewrapGrants, boundTo, GrantSigner, type ArchiveRewrapGrant } from '#grants';
import { LiveIdentity, RcsError } from '#platform';
import type { RecordingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { contentTreeOf } from '../playback/envelope-locator.js';
import { playGrant, type PermittedMedia } from '../playback/playback.service.js';
import { WorkerClient } from '../workers/worker-client.js';
import type { ArchiveRecipient } from './archive-recipients.js';

/** One media file whose session key goes to the recipient of an archive. */
export interface ArchiveRewrap {
  readonly media: PermittedMedia;
  readonly recipient: ArchiveRecipient;
  /** Id of the archive. */
  readonly archive: string;
  readonly userName: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/**
 * Has session keys encrypted for the recipients of archives: a worker opens the media, and shows a vault the grant that it
 * alone may show. No session key comes here.
 */
@Injectable()
export class ArchiveRewraps {
  private readonly signer: GrantSigner<ArchiveRewrapGrant>;

  constructor(
    @Inject(LiveIdentity) identity: LiveIdentity,
    @Inject(storeTokens.recordings) private readonly recordings: Pick<RecordingStore, 'findLeaves'>,
    private readonly errands: WorkerErrands,
    private readonly workers: WorkerClient,
  ) {
    this.signer = new GrantSigner(identity, archiveRewrapGrants);
  }

  /**
   * KeyTransRecipientInfo (RFC 5652, 6.2.1), DER.
   * @throws RcsError of the worker and of the vault
   */
  async recipientInfo(asked: ArchiveRewrap): Promise<Buffer> {
    const { media, recipient, userName, requestId, signal } = asked;
    const { recording, mediaFile, envelope } = media;
    const detached = envelope.detached === undefined ? {} : { envelope: envelope.detached };
    // The tree, where there is one, is always needed: nothing is open.
    const contentTree =
      envelope.content?.root === undefined
        ? {}
        : { contentTree: await contentTreeOf(this.recordings as RecordingStore, recording.id, mediaFile.mediaId) };
    const { recipientInfo } = await this.errands.run(
      playGrant(recording, mediaFile, userName, envelope),
      (worker, granted) => {
        const rewrapGrant = this.sign(asked, worker.certificate);
        const request = { ...granted, ...detached, ...contentTree, rewrapGrant, recipient: recipient.pem };
        return this.workers.archiveRewrap(worker, request, requestId, signal);
      },
      signal,
    );
    return Buffer.from(recipientInfo, 'base64');
  }

  private sign({ media, recipient, archive, userName }: ArchiveRewrap, holder: string | undefined): string {
    const { recording, mediaFile, envelope } = media;
    const { cnf } = boundTo(holder);
    if (cnf === undefined) throw new RcsError('RCS_WORKER_FAILED', 'a worker of before rewraps for no archive');
    if (envelope.digest === undefined) throw new RcsError('RCS_INTERNAL', 'an envelope without a digest');
    return this.signer.sign({
      cnf,
      sub: userName,
      contactCenter: recording.contactCenter,
      archive,
      recording: recording.id,
      mediaFile: mediaFile.mediaId,
      envelopeDigest: envelope.digest,
      recipient: recipient.digest,
    });
  }
}
