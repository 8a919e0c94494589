import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { CurrentUser } from '../http/current-user.js';
import { PlayerConnection } from '../playback/player-connection.js';
import { callerOf } from './archive-job.controller.js';
import { ArchivePartDownload } from './archive-part-download.js';

/** Parts of archives, to be taken along. */
@Controller('rcs/archive-jobs/:id/parts')
@Authenticated(administeredContactCenter)
export class ArchivePartController {
  constructor(private readonly download: ArchivePartDownload) {}

  @Get(':number')
  async get(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @Param('number') number: string,
  ): Promise<void> {
    if (!/^[1-9]\d{0,8}$/.test(number)) throw new RcsError('RCS_NOT_FOUND', 'parts are numbered from 1 on');
    const { range, 'if-range': ifRange } = request.headers;
    const conditions = { range, ifRange: typeof ifRange === 'string' ? ifRange : undefined };
    await this.download.send(id, Number(number), conditions, callerOf(request, user), new PlayerConnection(reply));
  }
}
