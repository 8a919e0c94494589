import { Inject, Injectable } from '@nestjs/common';
import { envelopeDigest, type GrantContent, type MediaLayout } from '#grants';
import { RcsError } from '#platform';
import { isTakenOnTrust, type PinnedMedia, type RecordingStore } from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import type { InspectionRequest } from '../media-index/media-inspector.js';
import { MediaPinning } from '../media-index/media-pinning.js';
import { envelopeInMetadata } from '../envelopes/envelope-in-metadata.js';

export interface LocatedEnvelope {
  readonly layout: MediaLayout;
  /** SHA-256, hexadecimal; undefined for plain media. */
  readonly digest: string | undefined;
  /** Base64 when the envelope came with the metadata. */
  readonly detached: string | undefined;
  /** The stored file as it was pinned; undefined while nobody has looked, or only an earlier version has. */
  readonly content: GrantContent['content'];
  /** Base64 of the roots of the parts of the content tree, as they are pinned with large ones. */
  readonly partRoots?: string | undefined;
}

/**
 * Finds out what is known of a media file, so that the grant can name it: the envelope, and the stored bytes. Where
 * nobody has looked into the stored file yet a worker does so now, and what it finds is pinned.
 */
@Injectable()
export class EnvelopeLocator {
  /** Whether grants name the root of the content tree, so that workers check every byte. */
  private readonly verifyContent: boolean;

  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    private readonly pinning: MediaPinning,
    @Inject(CONFIGURATION) { playback }: Pick<GatewayConfiguration, 'playback'>,
  ) {
    this.verifyContent = playback.verifyContent;
  }

  async locate(request: InspectionRequest): Promise<LocatedEnvelope> {
    const { recording, mediaFile } = request;
    const pin = await this.recordings.findPin(recording.id, mediaFile.mediaId);
    const envelope = envelopeInMetadata(mediaFile);
    if (envelope !== undefined) {
      const detached = envelope.toString('base64');
      return { layout: 'detached', digest: envelopeDigest(envelope), detached, ...this.contentOf(pin) };
    }
    const isPinned = pin !== undefined && !isTakenOnTrust(pin);
    const inForce = isPinned ? pin : (await this.pinning.inspect(request, 'playback')).pin;
    const { layout, envelopeDigest: digest } = inForce;
    return { layout, digest, detached: undefined, ...this.contentOf(inForce) };
  }

  private contentOf(pin: PinnedMedia | undefined): Pick<LocatedEnvelope, 'content' | 'partRoots'> {
    if (pin?.length === undefined) return { content: undefined };
    const { length, contentRoot: root, contentPartRoots: partRoots, leavesKept } = pin;
    if (!this.verifyContent || leavesKept !== true || root === undefined) return { content: { length } };
    return { content: { length, root }, ...(partRoots === undefined ? {} : { partRoots }) };
  }
}

/** The leaves that a worker needs which does not know them yet, base64. */
export async function contentTreeOf(recordings: RecordingStore, recording: string, mediaId: string): Promise<string> {
  const leaves = await recordings.findLeaves(recording, mediaId);
  if (leaves === undefined) throw new RcsError('RCS_INTERNAL', `the content tree of ${recording}/${mediaId} is lost`);
  return leaves.toString('base64');
}
