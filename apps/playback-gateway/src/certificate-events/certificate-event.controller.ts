import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { EventStreams } from './event-streams.js';

/** Changes of certificates, assignments and rewrap runs as they happen, through whichever gateway. */
@Controller('rcs/certificate-events')
@RequirePrivilege('administer-certificates')
export class CertificateEventController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  stream(@CertificateAdministrator() administrator: Administrator, @Res() reply: FastifyReply): void {
    this.streams.open(administrator.contactCenter, reply);
  }
}
