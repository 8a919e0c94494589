import { Inject, Injectable } from '@nestjs/common';
import { describeError, RcsError, toRcsError, type ErrorCode, type Logger } from '#platform';
import type { MediaFile, MediaFinding } from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER } from '../dependencies/injection-tokens.js';
import { findingOfInspection, findingOfMetadata } from '../media-index/media-finding.js';
import { MediaInspector, type InspectionRequest } from '../media-index/media-inspector.js';

export type InsertionSubject = Omit<InspectionRequest, 'mediaFile' | 'signal'>;

/** Media files of one recording that are looked at at the same time. */
const atOnce = 8;

/**
 * What a stored file is refused for at its insertion: it will never play, and the recorder still has what it recorded.
 * An envelope that cannot be read is taken: another version may read it, and its keys are not deleted meanwhile.
 */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_MEDIA_NOT_RECOGNISED',
  'RCS_MEDIA_DECLARED_ENCRYPTED',
  'RCS_CONTENT_CHANGED',
]);

/**
 * Looks at the stored files of a recording that is being inserted, so that they are pinned before anybody can exchange
 * them. A storage or worker that does not answer in time loses no recording: the indexer looks later.
 */
@Injectable()
export class InsertionInspection {
  private readonly timeoutMs: number;

  constructor(
    private readonly inspector: MediaInspector,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIGURATION)
    { mediaIndex }: { readonly mediaIndex: Pick<GatewayConfiguration['mediaIndex'], 'insertionTimeoutMs'> },
  ) {
    this.timeoutMs = mediaIndex.insertionTimeoutMs;
  }

  /** @throws RcsError that names the media file which will never play. */
  async inspect(subject: InsertionSubject, mediaFiles: readonly MediaFile[]): Promise<MediaFinding[]> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    const findings: MediaFinding[] = [];
    for (let begin = 0; begin < mediaFiles.length; begin += atOnce) {
      const some = mediaFiles.slice(begin, begin + atOnce);
      const found = await Promise.all(
        some.map((mediaFile, index) => this.look({ ...subject, mediaFile, signal }, begin + index)),
      );
      findings.push(...found.flatMap(finding => finding ?? []));
    }
    return findings;
  }

  private async look(request: InspectionRequest, index: number): Promise<MediaFinding | undefined> {
    const { mediaFile } = request;
    const source = mediaFile.contentTree === undefined ? 'insertion' : 'recorder';
    try {
      return findingOfInspection(mediaFile, await this.inspector.inspect(request), source);
    } catch (error) {
      const failure = toRcsError(error);
      if (refusals.has(failure.code)) throw refused(failure, mediaFile, index);
      this.logger.info(
        {
          requestId: request.requestId,
          recording: request.recording.id,
          code: failure.code,
          error: describeError(error),
        },
        'a media file could not be looked at when it was inserted; it is later',
      );
      return findingOfMetadata(mediaFile, source);
    }
  }
}

function refused(failure: RcsError, { mediaId }: MediaFile, index: number): RcsError {
  const { title, remedy } = failure.definition;
  // What the file is instead: the recorder has the file, and nobody else reads this.
  const found = failure.code === 'RCS_CONTENT_CHANGED' ? title : failure.message;
  const why = failure.publicDetail ?? found;
  return new RcsError(failure.code, failure.message, {
    publicDetail: `mediaFiles.${index} ${JSON.stringify(mediaId)}: ${why}. ${remedy}`,
    cause: failure,
  });
}
