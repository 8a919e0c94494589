import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import {
  keptArchivesSchema,
  releaseSchema,
  type KeptArchivesQuery,
  type ReleaseInput,
} from './kept-archives.schema.js';
import { KeptArchivesService } from './kept-archives.service.js';

/** For which archives keys are kept: who may remove keys sees them, and says which nobody needs any more. */
@Controller('rcs/kept-archives')
@RequirePrivilege('administer-certificates')
export class KeptArchivesController {
  constructor(
    private readonly archives: KeptArchivesService,
    private readonly audit: CertificateAudit,
  ) {}

  @Get()
  list(
    @CertificateAdministrator() administrator: Administrator,
    @ValidQuery(keptArchivesSchema) query: KeptArchivesQuery,
  ) {
    const { certificate } = query;
    const act = {
      event: 'archives-listed',
      ...(certificate === undefined ? {} : { certificateAlias: certificate }),
    } as const;
    return this.audit.act(administrator, act, () => this.archives.list(administrator.contactCenter, query));
  }

  @Post(':id/release')
  @HttpCode(200)
  release(
    @CertificateAdministrator() administrator: Administrator,
    @Param('id') id: string,
    @ValidBody(releaseSchema) { reason }: ReleaseInput,
  ) {
    return this.archives.release(administrator, id, reason);
  }
}
