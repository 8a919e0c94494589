import { Controller, Get, Head, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountId } from '#store';
import { PlayTickets } from '../access/access-rule.js';
import { userOf } from '../http/current-user.js';
import { PlaybackService } from './playback.service.js';
import { StreamLimit } from '../throttling/stream-limit.js';
import { ticketOf } from './playback-admission.js';
import { PlayerConnection } from './player-connection.js';

/** Playback. `mediaUri` holds the first of the two paths; players that put `playPath` behind the address use the second. */
@Controller(['api/v2/recordings', 'recordings'])
@PlayTickets()
export class PlaybackController {
  constructor(
    private readonly playback: PlaybackService,
    private readonly streams: StreamLimit,
  ) {}

  @Get(':id/play/:leaf')
  async get(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('leaf') leaf: string,
  ) {
    await this.play('GET', request, reply, id, leaf);
  }

  @Head(':id/play/:leaf')
  async head(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('leaf') leaf: string,
  ) {
    await this.play('HEAD', request, reply, id, leaf);
  }

  private async play(
    method: 'GET' | 'HEAD',
    request: FastifyRequest,
    reply: FastifyReply,
    recordingId: string,
    leaf: string,
  ): Promise<void> {
    const { headers } = request;
    const user = userOf(request);
    const ended = this.streams.begin(accountId(user));
    try {
      await this.playback.play(
        {
          user,
          recordingId,
          leaf,
          method,
          conditions: {
            range: headers.range,
            ifRange: headers['if-range'] as string | undefined,
            ifMatch: headers['if-match'],
            ifNoneMatch: headers['if-none-match'],
            ifModifiedSince: headers['if-modified-since'],
            ifUnmodifiedSince: headers['if-unmodified-since'],
          },
          address: request.ip,
          requestId: request.id,
          ticketId: ticketOf(request)?.jti,
        },
        new PlayerConnection(reply),
      );
    } finally {
      ended();
    }
  }
}
