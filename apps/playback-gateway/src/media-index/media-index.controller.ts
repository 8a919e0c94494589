import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CertificateAdministrators } from '../access/access-rule.js';
import { administratorOf } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { parseInput } from '../http/request-input.js';
import { MediaIndexService } from './media-index.service.js';

export const giveUpSchema = z.strictObject({ confirm: z.string().optional() }).prefault({});

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

  @Post(':recording/give-up')
  @HttpCode(200)
  giveUp(@Req() request: FastifyRequest, @Param('recording') recording: string, @Body() body: unknown) {
    const administrator = administratorOf(request);
    const { confirm } = parseInput(giveUpSchema, body ?? {});
    return this.audit.act(administrator, { event: 'media-given-up', detail: recording.slice(0, 200) }, () =>
      this.index.giveUp(administrator.contactCenter, recording, confirm),
    );
  }
}
