import { Inject, Injectable } from '@nestjs/common';
import { grantIdOf, type GrantContent } from '#grants';
import {
  describeError,
  inStep,
  RcsError,
  ReceiverGoneError,
  toRcsError,
  type Logger,
  outcomeLabels,
  type ErrorCode,
  type ServerSettings,
} from '#platform';
import type { AuditEntry, MediaFile, Recording } from '#store';
import { LOGGER, SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { AuthorisationService } from '../authorisation/authorisation.service.js';
import { KnownRecordings } from '../authorisation/known-recordings.js';
import type { RecordingPermission } from '../authorisation/recording-permission.js';
import { SeenMarks } from '../listeners/seen-marks.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { grantSubject } from '../grants/grant-subject.js';
import { SetStorages } from '../settings/set-storages.service.js';
import { ContentTrees } from './content-trees.js';
import { EnvelopeLocator, type LocatedEnvelope } from './envelope-locator.js';
import { MediaRelay, type RelayResult } from './media-relay.js';
import { mediaPolicyOf } from './media-policy.js';
import { contentDispositionOf, contentTypeOf } from './media-type.js';
import { auditSubject, contentProofOf, PlaybackAudit, type AuditSubject } from './playback-audit.js';
import type { PlaybackRequest } from './playback-request.js';
import type { PlayerConnection } from './player-connection.js';

/** Says whether the stored bytes are checked against a content tree: `proved` or `not proved`. */
const contentProofHeader = 'rcs-content-proof';

const recordedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_RECORDING_NOT_FOUND',
  'RCS_RECORDING_SOURCE_REFUSED',
  'RCS_RECORDING_SOURCE_UNAVAILABLE',
]);

interface FoundMedia {
  readonly recording: Recording;
  readonly mediaFile: MediaFile;
  readonly permission: RecordingPermission;
}

/** Media that somebody may play, and what of it is known. */
export interface PermittedMedia extends FoundMedia {
  readonly subject: AuditSubject;
  readonly envelope: LocatedEnvelope;
}

type PlaybackOutcome = 'ok' | 'aborted' | ErrorCode;

/** One playback from the question to the last byte: permission, audit, grant, relay. */
@Injectable()
export class PlaybackService {
  private active = 0;
  private readonly maxConcurrent: number;
  private readonly cacheControl: string;

  constructor(
    private readonly trees: ContentTrees,
    private readonly known: KnownRecordings,
    private readonly audit: PlaybackAudit,
    private readonly authorisation: AuthorisationService,
    private readonly envelopes: EnvelopeLocator,
    private readonly relay: MediaRelay,
    private readonly seenMarks: SeenMarks,
    @Inject(SetStorages) private readonly setStorages: Pick<SetStorages, 'find'>,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVER_SETTINGS)
    { maxConcurrentPlaybacks, mediaCaching }: Pick<ServerSettings, 'maxConcurrentPlaybacks' | 'mediaCaching'>,
  ) {
    this.maxConcurrent = maxConcurrentPlaybacks;
    this.cacheControl = `private, ${mediaCaching}`;
    metrics.playbackLimit.set(maxConcurrentPlaybacks);
  }

  /** @throws RcsError while nothing was sent; once the body has begun a failure aborts the connection. */
  async play(request: PlaybackRequest, player: PlayerConnection): Promise<void> {
    if (this.active >= this.maxConcurrent) {
      this.metrics.playbacks.inc(outcomeLabels('RCS_OVERLOADED'));
      throw new RcsError('RCS_OVERLOADED', `${this.active} playbacks at once`, { retryAfterMs: 2000 });
    }
    this.active++;
    this.metrics.activePlaybacks.inc();
    try {
      const outcome = await this.attempt(request, player);
      this.metrics.playbacks.inc(outcomeLabels(outcome));
    } catch (error) {
      const left = player.signal.aborted;
      this.metrics.playbacks.inc(outcomeLabels(left ? 'aborted' : toRcsError(error).code));
      if (!left) throw error;
      player.abort();
    } finally {
      this.active--;
      this.metrics.activePlaybacks.dec();
    }
  }

  /** Answers the outcome for the metrics: ok, aborted, or an error code. */
  private async attempt(request: PlaybackRequest, player: PlayerConnection): Promise<PlaybackOutcome> {
    const { subject, envelope, ...found } = await this.permitted(request, player.signal);
    const grantIds = new Set<string>();
    try {
      const { certificateAlias } = await this.send(request, found, envelope, player, { subject, grantIds });
      const end = { outcome: 'done', ...sentBy(player), detail: grantsIn(grantIds) } as const;
      this.audit.finished(subject, certificateAlias === undefined ? end : { ...end, certificateAlias });
      return 'ok';
    } catch (error) {
      const aborted = error instanceof ReceiverGoneError;
      const outcome = aborted ? 'aborted' : 'failed';
      const detail = `${grantsIn(grantIds)}; ${describeError(error)}`;
      this.audit.finished(subject, { outcome, ...sentBy(player), detail });
      if (!aborted && !player.started) throw error;
      player.abort();
      if (aborted) return 'aborted';
      const failure = toRcsError(error);
      this.logger.error(
        { requestId: request.requestId, code: failure.code, error: describeError(error) },
        'a playback broke off',
      );
      return failure.code;
    } finally {
      if (player.bytesSent > 0) this.seenMarks.note(request.user, found.recording.id);
    }
  }

  /**
   * The media file of a request, when the user may play it; what they may not stands in the audit.
   * @throws RcsError for whatever stands in the way
   */
  async permitted(request: PlaybackRequest, signal: AbortSignal): Promise<PermittedMedia> {
    const found = await this.find(request);
    const subject = auditSubject(request, found.recording, found.mediaFile);
    return { ...found, subject, envelope: await this.permit(request, found, signal, subject) };
  }

  private async find(request: PlaybackRequest): Promise<FoundMedia> {
    const { requestId } = request;
    const recording = await inStep(requestId, 'recording', () => this.findRecording(request));
    // Whether the recording may be seen is decided before anything about its files is said.
    const permission = await this.orRecorded(auditSubject(request, recording, undefined), () =>
      inStep(requestId, 'permission', () => this.authorisation.authorise(request.user, recording)),
    );
    const mediaFile = recording.mediaFiles.find(file => file.leaf === request.leaf);
    if (mediaFile === undefined)
      throw new RcsError('RCS_MEDIA_FILE_NOT_FOUND', `no media file ${JSON.stringify(request.leaf)}`);
    return { recording, mediaFile, permission };
  }

  /** What a source of recordings could not say stands in the audit, like what nobody knows. */
  private async findRecording(request: PlaybackRequest): Promise<Recording> {
    const { user, recordingId, requestId } = request;
    try {
      const recording = await this.known.find(user, recordingId, requestId);
      if (recording !== undefined) return recording;
      throw new RcsError('RCS_RECORDING_NOT_FOUND', `no recording ${JSON.stringify(recordingId)}`);
    } catch (error) {
      if (error instanceof RcsError && recordedCodes.has(error.code)) await this.audit.unknown(request, error);
      throw error;
    }
  }

  private async permit(
    { user, requestId }: PlaybackRequest,
    { recording, mediaFile, permission }: FoundMedia,
    signal: AbortSignal,
    subject: AuditSubject,
  ): Promise<LocatedEnvelope> {
    const question = { recording, mediaFile, userName: user.name, requestId, signal };
    const envelope = await inStep(requestId, 'envelope', () => this.envelopes.locate(question));
    await this.orRecorded(subject, () => permission.checkPlay(envelope.layout));
    return envelope;
  }

  /** What is refused stands in the audit before anybody hears so. */
  private async orRecorded<T>(subject: AuditSubject, decide: () => Promise<T> | T): Promise<T> {
    try {
      return await decide();
    } catch (error) {
      await this.audit.refused(subject, error);
      throw error;
    }
  }

  private async send(
    request: PlaybackRequest,
    { recording, mediaFile }: FoundMedia,
    envelope: LocatedEnvelope,
    player: PlayerConnection,
    { subject, grantIds }: { readonly subject: AuditSubject; readonly grantIds: Set<string> },
  ): Promise<RelayResult> {
    const played = playGrant(recording, mediaFile, request.user.name, envelope);
    const set = await this.setStorages.find(played.location, recording.contactCenter);
    const grant = set === undefined ? played : { ...played, storage: set.granted };
    const contentType = contentTypeOf(mediaFile.type);
    const audited = inStep(request.requestId, 'audit', () => this.audit.allowed(subject, request, envelope));
    // The relay awaits it before the first byte; this only keeps a failure from counting as unhandled until then.
    audited.catch(() => undefined);
    return this.relay.relay(
      {
        grant,
        onGrant: shown => grantIds.add(grantIdOf(shown)),
        media: {
          ...(set === undefined ? {} : { storage: set.handed }),
          ...(envelope.detached === undefined ? {} : { envelope: envelope.detached }),
          method: request.method,
          ...request.conditions,
          contentType,
        },
        ...this.trees.of(recording.id, mediaFile.mediaId, envelope),
        requestId: request.requestId,
        audited,
        headers: {
          [contentProofHeader]: contentProofOf(envelope),
          'content-disposition': contentDispositionOf(mediaFile.mediaId, request.asDownload ? 'attachment' : 'inline'),
          'content-security-policy': mediaPolicyOf(contentType),
          'cache-control': this.cacheControl,
        },
      },
      player,
    );
  }
}

const sentBy = ({ bytesSent, contentRange }: PlayerConnection): Pick<AuditEntry, 'bytes' | 'contentRange'> => ({
  bytes: bytesSent,
  ...(contentRange === undefined ? {} : { contentRange }),
});

/** What a worker, and a vault, are to open for somebody. */
export const playGrant = (
  recording: Recording,
  mediaFile: MediaFile,
  userName: string,
  { layout, digest, content }: LocatedEnvelope,
): GrantContent => ({
  ...grantSubject(recording, mediaFile, userName),
  purpose: 'play',
  layout,
  ...(digest === undefined ? {} : { envelopeDigest: digest }),
  ...(content === undefined ? {} : { content }),
});

/** The grants that were shown, by which the journals of the vaults name them, too. */
const grantsIn = (ids: ReadonlySet<string>): string => `grants ${[...ids].join(', ')}`;
