import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ValidBody } from '../http/valid-input.js';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { aliasSchema } from '../certificates/upload/certificate-input.js';
import { RewrapRunService } from './rewrap-run.service.js';

export const rewrapSchema = z.strictObject({ to: aliasSchema, mode: z.enum(['add', 'replace']).default('add') });

/** Runs from one certificate. */
@Controller('rcs/certificates/:alias/rewrap')
@RequirePrivilege('administer-certificates')
export class CertificateRewrapController {
  constructor(private readonly rewraps: RewrapRunService) {}

  @Post()
  @HttpCode(202)
  async start(
    @CertificateAdministrator() administrator: Administrator,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('alias') alias: string,
    @ValidBody(rewrapSchema) { to, mode }: z.output<typeof rewrapSchema>,
  ) {
    const run = await this.rewraps.start(administrator, alias, to, mode);
    void reply.header('location', `/rcs/rewraps/${run.id}`);
    return run;
  }

  @Get()
  async all(@CertificateAdministrator() administrator: Administrator, @Param('alias') alias: string) {
    return { rewraps: await this.rewraps.all(administrator.contactCenter, alias) };
  }
}

/** All runs of the contact center. */
@Controller('rcs/rewraps')
@RequirePrivilege('administer-certificates')
export class RewrapController {
  constructor(private readonly rewraps: RewrapRunService) {}

  @Get()
  async all(@CertificateAdministrator() administrator: Administrator) {
    return { rewraps: await this.rewraps.all(administrator.contactCenter) };
  }

  @Get(':id')
  get(@CertificateAdministrator() administrator: Administrator, @Param('id') id: string) {
    return this.rewraps.get(administrator.contactCenter, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  pause(@CertificateAdministrator() administrator: Administrator, @Param('id') id: string) {
    return this.rewraps.setState(administrator, id, 'paused');
  }

  @Post(':id/resume')
  @HttpCode(200)
  resume(@CertificateAdministrator() administrator: Administrator, @Param('id') id: string) {
    return this.rewraps.setState(administrator, id, 'running');
  }
}
