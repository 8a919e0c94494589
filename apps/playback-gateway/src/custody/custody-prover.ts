import { Inject, Injectable } from '@nestjs/common';
import type { ProveReply } from '#contracts';
import type { CertificateStore, CustodyProof, MediaFile, Recording, RecordingStore } from '#store';
import type { Administrator } from '../access/certificate-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { namesUnder, summariesOf, summaryOf } from '../envelopes/certificate-summary.js';
import { recipientsOfMediaFile } from '../envelopes/recipient-names.js';
import { WorkerErrands } from '../media-index/worker-errands.js';
import { contentTreeOf, EnvelopeLocator, type LocatedEnvelope } from '../playback/envelope-locator.js';
import { playGrant } from '../playback/playback.service.js';
import { WorkerClient } from '../workers/worker-client.js';
import { outcomeOf } from './custody-outcome.js';

/** Has media files opened by workers, each anew, and says what became of it. */
@Injectable()
export class CustodyProver {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    private readonly envelopes: EnvelopeLocator,
    private readonly errands: WorkerErrands,
    private readonly workers: WorkerClient,
  ) {}

  /** @throws RcsError where nothing can be known now: no worker, no vault, no store. */
  async prove(
    recording: Recording,
    mediaFile: MediaFile,
    administrator: Administrator,
    signal: AbortSignal,
  ): Promise<CustodyProof> {
    const place = { recordingId: recording.id, mediaId: mediaFile.mediaId };
    const asked = { recording, mediaFile, userName: administrator.name, requestId: administrator.requestId, signal };
    try {
      const envelope = await this.envelopes.locate(asked);
      const { certificateAlias } = await this.open(asked, envelope);
      const outcome =
        envelope.layout === 'plain'
          ? 'plain'
          : (await this.hasOnlyExpired(recording.contactCenter, mediaFile, certificateAlias))
            ? 'opens-expired'
            : 'opens';
      return {
        ...place,
        outcome,
        ...(certificateAlias === undefined ? {} : { certificateAlias }),
        provedAt: Date.now(),
      };
    } catch (error) {
      return { ...place, ...outcomeOf(error), provedAt: Date.now() };
    }
  }

  private async open(
    { recording, mediaFile, userName, requestId, signal }: Parameters<EnvelopeLocator['locate']>[0],
    envelope: LocatedEnvelope,
  ): Promise<ProveReply> {
    const detached = envelope.detached === undefined ? {} : { envelope: envelope.detached };
    // The tree, where there is one, is always needed: nothing is open.
    const contentTree =
      envelope.content?.root === undefined
        ? {}
        : { contentTree: await contentTreeOf(this.recordings, recording.id, mediaFile.mediaId) };
    return this.errands.run(
      playGrant(recording as Recording, mediaFile, userName, envelope),
      (worker, granted) => this.workers.prove(worker, { ...granted, ...detached, ...contentTree }, requestId, signal),
      signal,
    );
  }

  /** Whether all certificates that it is known to be encrypted for are expired. */
  private async hasOnlyExpired(contactCenter: string, mediaFile: MediaFile, alias: string | undefined) {
    const opened = alias === undefined ? undefined : await this.certificates.find(contactCenter, alias);
    const now = new Date();
    if (opened === undefined || summaryOf(opened).notAfter >= now) return false;
    const recipients = new Set(recipientsOfMediaFile(mediaFile));
    const all = await this.certificates.list(contactCenter);
    return (await summariesOf(all)).every((certificate, index) => {
      const isRecipient = namesUnder(certificate, all[index]?.alias ?? '').some(name => recipients.has(name));
      return !isRecipient || certificate.notAfter < now;
    });
  }
}
