import { Inject, Injectable } from '@nestjs/common';
import type { MediaRequest } from '#contracts';
import {
  describeError,
  RcsError,
  ReceiverGoneError,
  toRcsError,
  type Logger,
  outcomeLabels,
  type ErrorCode,
  type ServerSettings,
} from '#platform';
import type { AuditEntry, AuditLog, MediaFile, Recording, RecordingStore, User } from '#store';
import { LOGGER, SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import { auditedUser } from '../http/audited-user.js';
import { AuthorisationService } from '../authorisation/authorisation.service.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { grantSubject } from '../grants/grant-subject.js';
import { contentTreeOf, EnvelopeLocator, type LocatedEnvelope } from './envelope-locator.js';
import { FinishedPlaybacks } from './finished-playbacks.js';
import { MediaRelay, type RelayResult } from './media-relay.js';
import { contentDispositionOf, contentTypeOf } from './media-type.js';
import type { PlayerConnection } from './player-connection.js';

export interface PlaybackRequest {
  readonly user: User;
  readonly recordingId: string;
  readonly leaf: string;
  readonly method: 'GET' | 'HEAD';
  readonly conditions: Pick<
    MediaRequest,
    'range' | 'ifRange' | 'ifMatch' | 'ifNoneMatch' | 'ifModifiedSince' | 'ifUnmodifiedSince'
  >;
  readonly address: string;
  readonly requestId: string;
  /** Of the play ticket that let the player in. */
  readonly ticketId?: string | undefined;
  /** Header fields every answer of the gateway carries. */
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** Called right before the answer is written to the connection. */
  readonly onHead: () => void;
}

/** Says whether the stored bytes are checked against a content tree: `proved` or `not proved`. */
const contentProofHeader = 'rcs-content-proof';

type PlaybackOutcome = 'ok' | 'aborted' | ErrorCode;

/** One playback from the question to the last byte: permission, audit, grant, relay. */
@Injectable()
export class PlaybackService {
  private active = 0;
  private readonly maxConcurrent: number;

  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly finished: FinishedPlaybacks,
    private readonly authorisation: AuthorisationService,
    private readonly envelopes: EnvelopeLocator,
    private readonly grants: GrantIssuer,
    private readonly relay: MediaRelay,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVER_SETTINGS) { maxConcurrentPlaybacks }: Pick<ServerSettings, 'maxConcurrentPlaybacks'>,
  ) {
    this.maxConcurrent = maxConcurrentPlaybacks;
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
    const { recording, mediaFile } = await this.find(request);
    const subject = auditSubject(request, recording, mediaFile);
    const envelope = await this.permit(request, recording, mediaFile, player, subject);
    try {
      const result = await this.send(request, recording, mediaFile, envelope, player, subject);
      this.finished.record({ ...subject, ...finishedAs(result), outcome: 'done', bytes: player.bytesSent });
      return 'ok';
    } catch (error) {
      const aborted = error instanceof ReceiverGoneError;
      const outcome = aborted ? 'aborted' : 'failed';
      this.finished.record({ ...subject, outcome, bytes: player.bytesSent, detail: describeError(error) });
      if (!aborted && !player.started) throw error;
      player.abort();
      if (aborted) return 'aborted';
      const failure = toRcsError(error);
      this.logger.error(
        { requestId: request.requestId, code: failure.code, error: describeError(error) },
        'a playback broke off',
      );
      return failure.code;
    }
  }

  private async find(request: PlaybackRequest): Promise<{ recording: Recording; mediaFile: MediaFile }> {
    const recording = await this.recordings.find(request.recordingId);
    if (recording === undefined) return this.refuseUnknown(request);
    // Whether the recording may be seen is decided before anything about its files is said.
    await this.authorised(request, 'read', recording, undefined);
    const mediaFile = recording.mediaFiles.find(file => file.leaf === request.leaf);
    if (mediaFile === undefined)
      throw new RcsError('RCS_MEDIA_FILE_NOT_FOUND', `no media file ${JSON.stringify(request.leaf)}`);
    return { recording, mediaFile };
  }

  /** Recorded like every refusal, so that not even the time tells an unknown recording from one that is hidden. */
  private async refuseUnknown(request: PlaybackRequest): Promise<never> {
    const { user, address, requestId, recordingId } = request;
    const error = new RcsError('RCS_RECORDING_NOT_FOUND', `no recording ${JSON.stringify(recordingId)}`);
    await this.audit.append({
      event: 'playback-refused',
      outcome: 'refused',
      ...auditedUser(user),
      address,
      requestId,
      recording: recordingId,
      detail: error.message,
    });
    throw error;
  }

  private async permit(
    request: PlaybackRequest,
    recording: Recording,
    mediaFile: MediaFile,
    player: PlayerConnection,
    subject: AuditSubject,
  ): Promise<LocatedEnvelope> {
    const { user, requestId } = request;
    const { signal } = player;
    const envelope = await this.envelopes.locate({ recording, mediaFile, userName: user.name, requestId, signal });
    await this.authorised(request, envelope.layout === 'plain' ? 'play-plain' : 'play-encrypted', recording, subject);
    return envelope;
  }

  private async authorised(
    request: PlaybackRequest,
    action: 'read' | 'play-plain' | 'play-encrypted',
    recording: Recording,
    subject: AuditSubject | undefined,
  ): Promise<void> {
    try {
      await this.authorisation.authorise(request.user, action, recording);
    } catch (error) {
      const refused = subject ?? auditSubject(request, recording, undefined);
      await this.audit.append({
        ...refused,
        event: 'playback-refused',
        outcome: 'refused',
        detail: describeError(error),
      });
      throw error;
    }
  }

  private async send(
    request: PlaybackRequest,
    recording: Recording,
    mediaFile: MediaFile,
    envelope: LocatedEnvelope,
    player: PlayerConnection,
    subject: AuditSubject,
  ): Promise<RelayResult> {
    const content = {
      ...grantSubject(recording, mediaFile, request.user.name),
      purpose: 'play' as const,
      layout: envelope.layout,
      ...(envelope.digest === undefined ? {} : { envelopeDigest: envelope.digest }),
      ...(envelope.content === undefined ? {} : { content: envelope.content }),
    };
    const pinned = pinnedAs(envelope);
    const audited = this.audit.append({
      ...subject,
      ...admission(request),
      ...pinned,
      event: 'playback',
      outcome: 'allowed',
    });
    // The relay awaits it before the first byte; this only keeps a failure from counting as unhandled until then.
    audited.catch(() => undefined);
    return this.relay.relay(
      {
        withGrant: ask => this.grants.withGrant(content, ask),
        media: {
          ...(envelope.detached === undefined ? {} : { envelope: envelope.detached }),
          method: request.method,
          ...request.conditions,
          contentType: contentTypeOf(mediaFile.type),
        },
        contentTree: () => contentTreeOf(this.recordings, recording.id, mediaFile.mediaId),
        requestId: request.requestId,
        audited,
        headers: {
          ...request.answerHeaders,
          [contentProofHeader]: pinned.contentProof,
          'content-disposition': contentDispositionOf(mediaFile.mediaId),
        },
        onHead: () => {
          request.onHead();
          this.metrics.timeToFirstByte.observe(Number(process.hrtime.bigint() - player.openedAt) / 1e9);
        },
      },
      player,
    );
  }
}

type AuditSubject = Pick<
  AuditEntry,
  'user' | 'address' | 'contactCenter' | 'recording' | 'mediaFile' | 'range' | 'requestId'
>;

function auditSubject(request: PlaybackRequest, recording: Recording, mediaFile: MediaFile | undefined): AuditSubject {
  return {
    ...auditedUser(request.user),
    address: request.address,
    // Who tries to hear a recording of another contact center stands in the audit of their own.
    contactCenter: request.user.contactCenter ?? recording.contactCenter,
    recording: recording.id,
    requestId: request.requestId,
    ...(mediaFile === undefined ? {} : { mediaFile: mediaFile.mediaId }),
    ...(request.conditions.range === undefined ? {} : { range: request.conditions.range.slice(0, 200) }),
  };
}

const admission = ({ ticketId }: PlaybackRequest): Pick<AuditEntry, 'detail'> =>
  ticketId === undefined ? {} : { detail: `play ticket ${ticketId}` };

/** What the playback is held to, for the audit: the envelope, and whether every byte is proved to be the recorded one. */
function pinnedAs({ digest, content }: LocatedEnvelope) {
  const contentProof = content?.root === undefined ? 'not proved' : 'proved';
  return { contentProof, ...(digest === undefined ? {} : { envelopeDigest: digest }) } as const;
}

function finishedAs(result: RelayResult): Pick<AuditEntry, 'certificateAlias'> {
  return result.certificateAlias === undefined ? {} : { certificateAlias: result.certificateAlias };
}
