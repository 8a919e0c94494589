import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import { CustodyService } from './custody.service.js';
import { foundSchema, proveSchema, type FoundQuery, type ProveInput } from './custody.schema.js';

/** Whether every recording of the administrator's own contact center still opens. Nothing that it says leaves. */
@Controller('rcs/custody')
@RequirePrivilege('administer-certificates')
export class CustodyController {
  constructor(
    private readonly custody: CustodyService,
    private readonly audit: CertificateAudit,
  ) {}

  @Get()
  status(@CertificateAdministrator() administrator: Administrator) {
    return this.audit.act(administrator, { event: 'custody-read' }, () =>
      this.custody.status(administrator.contactCenter),
    );
  }

  /** Keys are used for it: the journals of the vaults name this request, and so does the record of it. */
  @Post('proofs')
  @HttpCode(200)
  prove(@CertificateAdministrator() administrator: Administrator, @ValidBody(proveSchema) input: ProveInput) {
    const detail = input.sample === undefined ? 'all recordings' : 'a sample';
    return this.audit.act(administrator, { event: 'custody-proved', detail }, () =>
      this.custody.prove(administrator, input),
    );
  }

  @Get('media-files')
  found(@CertificateAdministrator() administrator: Administrator, @ValidQuery(foundSchema) query: FoundQuery) {
    return this.audit.act(administrator, { event: 'custody-read', detail: query.outcome.join(', ') }, () =>
      this.custody.found(administrator.contactCenter, query),
    );
  }
}
