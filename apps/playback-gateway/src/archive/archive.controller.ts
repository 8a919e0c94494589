import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import { PlayerConnection } from '../playback/player-connection.js';
import { archiveRequestSchema, type ArchiveRequest } from './archive-request.schema.js';
import { ArchiveService } from './archive.service.js';

/** Archives: recordings to take along. */
@Controller('rcs/archives')
@Authenticated(administeredContactCenter)
export class ArchiveController {
  constructor(private readonly archives: ArchiveService) {}

  /** Answers the archive while it is made. */
  @Post()
  @HttpCode(200)
  async create(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentUser() user: User,
    @ValidBody(archiveRequestSchema) asked: ArchiveRequest,
  ): Promise<void> {
    const caller = {
      user,
      contactCenter: administeredContactCenter(user),
      audited: auditedRequest(request, user),
      address: request.ip,
      requestId: request.id,
    };
    await this.archives.send(asked, caller, new PlayerConnection(reply));
  }
}
