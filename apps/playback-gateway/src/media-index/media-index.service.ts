import { Inject, Injectable } from '@nestjs/common';
import { errorRegistry, isErrorCode, RcsError } from '#platform';
import type { MediaIndexStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

const shownFailures = 100;

/** How far a contact center is, for its administrators. */
export interface MediaIndexView {
  readonly mediaFiles: number;
  /** It is known whom these are for. */
  readonly inspected: number;
  /** These have a content tree, too: every byte of them is proved when they play. */
  readonly proved: number;
  readonly failing: number;
  readonly givenUp: number;
  /** Recordings of which nobody knows whom they are for: no certificate can be deleted before. */
  readonly unknownRecordings: number;
  /** The first of those that could not be looked at. */
  readonly failures: readonly {
    readonly recording: string;
    readonly mediaFile: string;
    readonly missing: 'inspection' | 'content-tree' | 'given-up';
    readonly attempts: number;
    readonly code: string;
    readonly reason: string;
    readonly nextStep: string;
    /** ISO 8601. */
    readonly nextAttempt: string;
  }[];
}

@Injectable()
export class MediaIndexService {
  constructor(@Inject(storeTokens.mediaIndex) private readonly index: MediaIndexStore) {}

  async status(contactCenter: string): Promise<MediaIndexView> {
    const [status] = await this.index.status(contactCenter);
    const { mediaFiles = 0, notInspected = 0, withoutContentTree = 0, failing = 0, givenUp = 0 } = status ?? {};
    const failures = await this.index.failures(contactCenter, shownFailures);
    return {
      mediaFiles,
      inspected: mediaFiles - notInspected - givenUp,
      proved: mediaFiles - notInspected - withoutContentTree - givenUp,
      failing,
      givenUp,
      unknownRecordings: await this.index.countUnknown(contactCenter),
      failures: failures.map(({ recordingId, mediaId, missing, attempts, reason, nextAttempt }) => ({
        recording: recordingId,
        mediaFile: mediaId,
        missing,
        attempts,
        ...explained(reason),
        nextAttempt: new Date(nextAttempt).toISOString(),
      })),
    };
  }

  /**
   * Takes a recording for lost whose media files nobody can read: it may need any key, and no certificate could ever be
   * deleted on its account.
   * @throws RcsError RCS_CONFIRMATION_REQUIRED, RCS_RECORDING_NOT_FOUND where there is nothing to give up.
   */
  async giveUp(contactCenter: string, recording: string, confirmation: string | undefined): Promise<MediaIndexView> {
    if (confirmation !== recording) {
      throw new RcsError('RCS_CONFIRMATION_REQUIRED', undefined, {
        publicDetail:
          `type the id ${JSON.stringify(recording)} again: its key may be deleted then, and if its file comes back it ` +
          'may never play again',
      });
    }
    if ((await this.index.giveUp(contactCenter, recording)) === 0) {
      throw new RcsError('RCS_RECORDING_NOT_FOUND', undefined, {
        publicDetail: `${JSON.stringify(recording)} is not among the recordings that could not be inspected`,
      });
    }
    return this.status(contactCenter);
  }

  async retry(contactCenter: string): Promise<MediaIndexView> {
    await this.index.retryAll(contactCenter);
    return this.status(contactCenter);
  }
}

function explained(code: string) {
  if (!isErrorCode(code)) return { code, reason: code, nextStep: '' };
  const { title, remedy } = errorRegistry[code];
  return { code, reason: title, nextStep: remedy };
}
