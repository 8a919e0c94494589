import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerSettings } from '#platform';
import type { AuditLog } from '#store';
import { PlayTickets } from '../access/access-rule.js';
import { SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import { conditionsOf, noConditions } from '../http/condition-fields.js';
import { userOf } from '../http/current-user.js';
import { ValidQuery } from '../http/valid-input.js';
import { ticketOf } from '../playback/playback-admission.js';
import { PlaybackService } from '../playback/playback.service.js';
import { PlayerConnection } from '../playback/player-connection.js';
import { drawPeaks } from './drawn-peaks.js';
import { MadePeaksService } from './made-peaks.service.js';
import { peaksQuerySchema, type PeaksQuery } from './peaks.schema.js';

/** Wave forms: what a player draws without loading the media. Whoever may play may see, and stands in the audit. */
@Controller(['api/v2/recordings', 'recordings'])
@PlayTickets()
export class PeaksController {
  private readonly cacheControl: string;

  constructor(
    private readonly playback: PlaybackService,
    private readonly made: MadePeaksService,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(SERVER_SETTINGS) { mediaCaching }: Pick<ServerSettings, 'mediaCaching'>,
  ) {
    this.cacheControl = `private, ${mediaCaching}`;
  }

  @Get(':id/play/:leaf/peaks')
  async get(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') recordingId: string,
    @Param('leaf') leaf: string,
    @ValidQuery(peaksQuerySchema) query: PeaksQuery,
  ): Promise<void> {
    const user = userOf(request);
    const { signal } = new PlayerConnection(reply);
    const conditions = conditionsOf(request);
    const [address, requestId, ticketId] = [request.ip, request.id, ticketOf(request)?.jti];
    const reading = {
      user,
      recordingId,
      leaf,
      address,
      requestId,
      ticketId,
      method: 'GET',
      asDownload: false,
    } as const;
    const media = await this.playback.permitted({ ...reading, conditions: noConditions }, signal);
    const { digest } = media.envelope;
    await this.audit.append({
      ...media.subject,
      ...(digest === undefined ? {} : { envelopeDigest: digest }),
      ...(ticketId === undefined ? {} : { detail: `play ticket ${ticketId}` }),
      event: 'peaks-read',
      outcome: 'allowed',
    });
    const made = await this.made.of(media, user.name, requestId);
    const etag = entityTagOf(made.entityTag, query);
    void reply.headers({ etag, 'cache-control': this.cacheControl });
    if (names(conditions.ifNoneMatch, etag)) {
      await reply.status(304).send();
      return;
    }
    await reply.send({ statusCode: 0, ...drawPeaks(made, query) });
  }
}

/** Of the media, and of what was asked about it. */
function entityTagOf(media: string, { buckets, form, bits }: PeaksQuery): string {
  const asked = JSON.stringify([media, buckets, form, bits ?? null]);
  return `"${createHash('sha256').update(asked).digest('base64url').slice(0, 32)}"`;
}

/** Whether If-None-Match (RFC 9110, 13.1.2) names it. */
const names = (field: string | undefined, etag: string): boolean =>
  field !== undefined &&
  (field.trim() === '*' || field.split(',').some(one => one.trim().replace(/^W\//, '') === etag));
