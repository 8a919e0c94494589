import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { ValidBody } from '../http/valid-input.js';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { MediaIndexService } from './media-index.service.js';

export const giveUpSchema = z.strictObject({ confirm: z.string().optional() }).prefault({});

/** How far the media files of the administrator's own contact center are looked at: certificates wait for that. */
@Controller('rcs/recordings/index-status')
@RequirePrivilege('administer-certificates')
export class MediaIndexController {
  constructor(
    private readonly index: MediaIndexService,
    private readonly audit: CertificateAudit,
  ) {}

  @Get()
  get(@CertificateAdministrator() administrator: Administrator) {
    return this.audit.act(administrator, { event: 'media-index-read' }, () =>
      this.index.status(administrator.contactCenter),
    );
  }

  /** What failed is tried again now and not at its time. */
  @Post('retry')
  @HttpCode(200)
  retry(@CertificateAdministrator() administrator: Administrator) {
    return this.audit.act(administrator, { event: 'media-index-retried' }, () =>
      this.index.retry(administrator.contactCenter),
    );
  }

  @Post(':recording/give-up')
  @HttpCode(200)
  giveUp(
    @CertificateAdministrator() administrator: Administrator,
    @Param('recording') recording: string,
    @ValidBody(giveUpSchema) { confirm }: z.output<typeof giveUpSchema>,
  ) {
    return this.audit.act(administrator, { event: 'media-given-up', detail: recording.slice(0, 200) }, () =>
      this.index.giveUp(administrator.contactCenter, recording, confirm),
    );
  }
}
