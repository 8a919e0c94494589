import {
  envelopeDigest,
  type GrantContent,
  type InspectReply,
  type InspectRequest,
  type MediaLayout,
} from '#contracts';
import { RcsError } from '#platform';
import type { MediaFile, Recording, RecordingStore } from '#store';
import type { GrantDesk } from '../grants/grant-desk.js';
import { envelopeInMetadata } from '../recordings/envelope-in-metadata.js';
import type { WorkerDirectory } from '../workers/worker-directory.js';
import { canGoElsewhere, type WorkerClient } from './worker-client.js';

export interface LocatedEnvelope {
  readonly layout: MediaLayout;
  /** SHA-256, hexadecimal; undefined for plain media. */
  readonly digest: string | undefined;
  /** Base64 when the envelope came with the metadata. */
  readonly detached: string | undefined;
}

export interface LocateRequest {
  readonly recording: Recording;
  readonly mediaFile: MediaFile;
  readonly userName: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/**
 * Finds out which envelope a media file has, so that the grant can name it. Where the metadata carries none a worker
 * looks into the stored file once; what it finds is pinned, and a file that is exchanged later is refused.
 */
export class EnvelopeLocator {
  constructor(
    private readonly recordings: RecordingStore,
    private readonly grants: GrantDesk,
    private readonly workers: WorkerDirectory,
    private readonly client: WorkerClient,
  ) {}

  async locate(request: LocateRequest): Promise<LocatedEnvelope> {
    const { recording, mediaFile } = request;
    const envelope = envelopeInMetadata(mediaFile);
    if (envelope !== undefined) {
      return { layout: 'detached', digest: envelopeDigest(envelope), detached: envelope.toString('base64') };
    }
    const pin = await this.recordings.findPin(recording.id, mediaFile.mediaId);
    const { layout, envelopeDigest: digest } = pin ?? (await this.inspectAndPin(request));
    return { layout, digest, detached: undefined };
  }

  private async inspectAndPin(request: LocateRequest) {
    const { recording, mediaFile, userName, requestId, signal } = request;
    const content = { ...grantSubject(recording, mediaFile, userName), purpose: 'inspect' as const };
    const declared = mediaFile.certAlias === undefined ? 'nothing' : 'certAlias';
    const found = await this.grants.withGrant(content, grant => this.inspect({ grant, declared }, requestId, signal));
    if (found.layout === 'unrecognised') throw new RcsError(found.code, found.detail);
    const { layout } = found;
    return this.recordings.pinEnvelope(
      recording.id,
      mediaFile.mediaId,
      layout === 'plain' ? { layout } : { layout, envelopeDigest: found.envelopeDigest },
    );
  }

  /** Asks one worker after the other until one can say it. */
  private async inspect(request: InspectRequest, requestId: string, signal: AbortSignal): Promise<InspectReply> {
    const tried = new Set<string>();
    for (;;) {
      const worker = this.workers.choose(tried);
      tried.add(worker.instance);
      try {
        return await this.client.inspect(worker, request, requestId, signal);
      } catch (error) {
        if (signal.aborted || !canGoElsewhere(error)) throw error;
        this.workers.suspend(worker.instance);
      }
    }
  }
}

/** The part of a grant that says who wants what. */
export function grantSubject(
  recording: Recording,
  mediaFile: MediaFile,
  userName: string,
): Pick<GrantContent, 'sub' | 'contactCenter' | 'recording' | 'mediaFile' | 'location'> {
  const { storage, path } = mediaFile.mediaDescriptor;
  if (path === '') throw new RcsError('RCS_MEDIA_LOCATION_REFUSED', 'the media file has no location');
  return {
    sub: userName,
    contactCenter: recording.contactCenter,
    recording: recording.id,
    mediaFile: mediaFile.mediaId,
    location: { storage, path },
  };
}
