import { Controller, Get, Head, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReceiverGoneError } from '#platform';
import { accountId, type User } from '#store';
import { PlayTickets } from '../access/access-rule.js';
import { conditionsOf } from '../http/condition-fields.js';
import { userOf } from '../http/current-user.js';
import { PlaybackService } from './playback.service.js';
import { StreamLimit } from '../throttling/stream-limit.js';
import { PlaybackAdmission, ticketOf } from './playback-admission.js';
import { downloadParameter } from './playback-request.js';
import { PlayerConnection } from './player-connection.js';

/** Whether the address asks for a file to store, `?download`: a link on a page of another origin cannot. */
const isDownload = ({ query }: FastifyRequest): boolean => Object.hasOwn(query as object, downloadParameter);

interface Slot {
  readonly ended: () => void;
  readonly waited: boolean;
}

/** Playback. `mediaUri` holds the first of the two paths; players that put `playPath` behind the address use the second. */
@Controller(['api/v2/recordings', 'recordings'])
@PlayTickets()
export class PlaybackController {
  constructor(
    private readonly playback: PlaybackService,
    private readonly streams: StreamLimit,
    private readonly admission: PlaybackAdmission,
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
    const player = new PlayerConnection(reply);
    const slot = await this.slot(userOf(request), player);
    if (slot === undefined) return;
    try {
      // Whoever was let in before the wait may have lost the right to be here since.
      if (slot.waited) await this.admission.admit(request, reply);
      await this.playback.play(
        {
          user: userOf(request),
          recordingId,
          leaf,
          method,
          conditions: conditionsOf(request),
          address: request.ip,
          requestId: request.id,
          ticketId: ticketOf(request)?.jti,
          asDownload: isDownload(request),
        },
        player,
      );
    } finally {
      slot.ended();
    }
  }

  /** Nothing for a player that left while it waited. */
  private async slot(user: User, player: PlayerConnection): Promise<Slot | undefined> {
    let waited = false;
    try {
      const ended = await this.streams.begin(accountId(user), player.signal, () => {
        waited = true;
      });
      return { ended, waited };
    } catch (error) {
      if (!(error instanceof ReceiverGoneError)) throw error;
      player.abort();
      return undefined;
    }
  }
}
