import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import {
  isTakenOnTrust,
  type MediaFile,
  type MediaFinding,
  type PinResult,
  type PinSource,
  type RecordingStore,
} from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { findingOfInspection } from './media-finding.js';
import { MediaInspector, type InspectionRequest } from './media-inspector.js';

export interface PinnedInspection extends PinResult {
  /** Whom the media file is for; undefined when its envelope cannot be read. */
  readonly recipients: readonly string[] | undefined;
}

/** Has a stored file looked at, and holds it to what was pinned before. */
@Injectable()
export class MediaPinning {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    private readonly inspector: MediaInspector,
  ) {}

  /** @throws RcsError with the code that a player would hear. */
  async inspect(request: InspectionRequest, source: PinSource): Promise<PinnedInspection> {
    const finding = await this.look(request, source);
    const result = await this.recordings.pin(request.recording.id, finding);
    return { ...result, recipients: finding.recipients };
  }

  private async look(request: InspectionRequest, source: PinSource): Promise<MediaFinding> {
    const { recording, mediaFile } = request;
    try {
      return findingOfInspection(mediaFile, await this.inspector.inspect(request), source);
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_MEDIA_NOT_RECOGNISED')) throw error;
      const pin = await this.recordings.findPin(recording.id, mediaFile.mediaId);
      if (pin === undefined || !isTakenOnTrust(pin)) throw error;
      return inventoried(mediaFile, source);
    }
  }
}

/** An earlier version played it in the clear, and nothing says that it is encrypted: raw media without a signature. */
const inventoried = ({ mediaId }: MediaFile, source: PinSource): MediaFinding => ({
  mediaId,
  pin: { layout: 'plain', inventoried: true, inspectedAt: new Date().toISOString(), source },
  recipients: [],
});
