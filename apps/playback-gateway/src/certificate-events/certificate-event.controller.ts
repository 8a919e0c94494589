import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CertificateAdministrators } from '../access/access-rule.js';
import { administratorOf } from '../access/certificate-administrator.js';
import { EventStreams } from './event-streams.js';

/** Changes of certificates, assignments and rewrap runs as they happen, through whichever gateway. */
@Controller('rcs/certificate-events')
@CertificateAdministrators()
export class CertificateEventController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.streams.open(administratorOf(request).contactCenter, reply);
  }
}
