import { Controller, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, MediaFile, Recording, User } from '#store';
import { ValidBody } from '../http/valid-input.js';
import { auditedUser } from '../http/audited-user.js';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { ReadableRecordings } from '../authorisation/readable-recordings.js';
import { apiTime } from '../http/api-time.js';
import { ExternalUrl } from '../http/external-url.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { playPathOf } from '../recordings/recording-resource.js';
import { SessionService } from '../sessions/session.service.js';
import { ticketRequestSchema, type TicketRequest } from './ticket-request.js';
import { PlayTicketIssuer } from './play-ticket-issuer.js';
import { ticketParameter } from './play-ticket.js';

/** Play URLs for players that can send neither credentials nor a cookie, such as `<audio>` on another site. */
@Controller('api/v2/recordings/:id/play-tickets')
@Authenticated()
export class PlayTicketController {
  constructor(
    private readonly issuer: PlayTicketIssuer,
    private readonly sessions: SessionService,
    private readonly readable: ReadableRecordings,
    private readonly externalUrl: ExternalUrl,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Post()
  async issue(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @ValidBody(ticketRequestSchema) { mediaId, bindToAddress, timeToLive }: TicketRequest,
  ) {
    const recording = await this.find(id, user, request);
    const mediaFile = chooseMediaFile(recording, mediaId);
    const { ticket, text } = this.issuer.issue({
      user,
      session: this.sessions.of(request),
      recording: recording.id,
      leaf: mediaFile.leaf,
      address: bindToAddress ? request.ip : undefined,
      timeToLive,
    });
    await this.audit.append({
      ...subject(request, user, id),
      event: 'play-ticket-issued',
      outcome: 'allowed',
      contactCenter: recording.contactCenter,
      mediaFile: mediaFile.mediaId,
      detail: `play ticket ${ticket.jti}`,
    });
    const playPath = `${playPathOf(recording.id, mediaFile)}?${ticketParameter}=${text}`;
    return {
      statusCode: 0,
      id: ticket.jti,
      mediaId: mediaFile.mediaId,
      playUri: `${this.externalUrl.value}/api/v2${playPath}`,
      playPath,
      expires: apiTime(ticket.exp * 1000),
    };
  }

  /** A recording that may not be seen is refused, and recorded, like one that does not exist. */
  private async find(id: string, user: User, request: FastifyRequest): Promise<Recording> {
    try {
      return await this.readable.find(user, id);
    } catch (error) {
      if (error instanceof RcsError && error.definition.http < 500) {
        const detail = error.message;
        await this.audit.append({
          ...subject(request, user, id),
          event: 'play-ticket-refused',
          outcome: 'refused',
          detail,
        });
      }
      throw error;
    }
  }
}

const subject = (request: FastifyRequest, user: User, recording: string) => ({
  ...auditedUser(user),
  ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
  address: request.ip,
  requestId: request.id,
  recording,
});

function chooseMediaFile({ mediaFiles }: Recording, mediaId: string | undefined): MediaFile {
  if (mediaId !== undefined) {
    const chosen = mediaFiles.find(file => file.mediaId === mediaId);
    if (chosen === undefined)
      throw new RcsError('RCS_MEDIA_FILE_NOT_FOUND', `no media file ${JSON.stringify(mediaId)}`);
    return chosen;
  }
  const [only, ...others] = mediaFiles;
  if (only !== undefined && others.length === 0) return only;
  throw new RcsError('RCS_MISSING_PARAMETER', undefined, {
    publicDetail: 'mediaId, because the recording has several media files',
  });
}
