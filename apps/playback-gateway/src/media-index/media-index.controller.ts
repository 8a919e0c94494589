import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CertificateAdministrators } from '../access/access-rule.js';
import { administratorOf } from '../certificates/administrator.js';
import { CertificateAudit } from '../certificates/certificate-audit.js';
import { MediaIndexService } from './media-index.service.js';

/** How far the media files of the administrator's own contact center are looked at: certificates wait for that. */
@Controller('rcs/recordings/index-status')
@CertificateAdministrators()
export class MediaIndexController {
  constructor(
    private readonly index: MediaIndexService,
    private readonly audit: CertificateAudit,
  ) {}

  @Get()
  get(@Req() request: FastifyRequest) {
    const administrator = administratorOf(request);
    return this.audit.act(administrator, { event: 'media-index-read' }, () =>
      this.index.status(administrator.contactCenter),
    );
  }

  /** What failed is tried again now and not at its time. */
  @Post('retry')
  @HttpCode(200)
  retry(@Req() request: FastifyRequest) {
    const administrator = administratorOf(request);
    return this.audit.act(administrator, { event: 'media-index-retried' }, () =>
      this.index.retry(administrator.contactCenter),
    );
  }
}
