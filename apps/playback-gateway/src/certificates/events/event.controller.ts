import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthenticationGuard } from '../../authentication/authentication.guard.js';
import { administratorOf } from '../administrator.js';
import { CertificateAdministratorGuard } from '../certificate-administrator.guard.js';
import { EventStreams } from './event-streams.js';

/** Changes of certificates, assignments and rewrap runs as they happen, through whichever gateway. */
@Controller('rcs/certificate-events')
@UseGuards(AuthenticationGuard, CertificateAdministratorGuard)
export class CertificateEventController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.streams.open(administratorOf(request).contactCenter, reply);
  }
}
