import { errorRegistry, isErrorCode } from '#platform';
import type { MediaIndexStore } from '#store';

const shownFailures = 100;

/** How far a contact center is, for its administrators. */
export interface MediaIndexView {
  readonly mediaFiles: number;
  /** It is known whom these are for. */
  readonly inspected: number;
  /** These have a content tree, too: every byte of them is proved when they play. */
  readonly proved: number;
  readonly failing: number;
  /** Recordings of which nobody knows whom they are for: no certificate can be deleted before. */
  readonly unknownRecordings: number;
  /** The first of those that could not be looked at. */
  readonly failures: readonly {
    readonly recording: string;
    readonly mediaFile: string;
    readonly missing: 'inspection' | 'content-tree';
    readonly attempts: number;
    readonly code: string;
    readonly reason: string;
    readonly nextStep: string;
    /** ISO 8601. */
    readonly nextAttempt: string;
  }[];
}

export class MediaIndexService {
  constructor(private readonly index: MediaIndexStore) {}

  async status(contactCenter: string): Promise<MediaIndexView> {
    const [status] = await this.index.status(contactCenter);
    const { mediaFiles = 0, notInspected = 0, withoutContentTree = 0, failing = 0 } = status ?? {};
    const failures = await this.index.failures(contactCenter, shownFailures);
    return {
      mediaFiles,
      inspected: mediaFiles - notInspected,
      proved: mediaFiles - notInspected - withoutContentTree,
      failing,
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
