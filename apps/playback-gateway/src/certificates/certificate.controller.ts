import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CertificateAdministrators } from '../access/access-rule.js';
import { administratorOf } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { CertificateListService } from './certificate-list.service.js';
import { certificatePage, certificatePageSchema } from './certificate-page.js';
import { CertificatePolicy } from './certificate-policy.js';
import { CertificateRemovalService } from './certificate-removal.service.js';
import { CertificateRenewalService } from './certificate-renewal.service.js';
import { parseInput } from '../http/request-input.js';
import { aliasSchema, certificateInspectionSchema, certificateUploadSchema } from './upload/certificate-input.js';
import { ClearPrivateKeys } from './upload/clear-private-keys.js';
import { inspectUpload } from './upload/certificate-inspection.js';
import { CertificateUploadService } from './upload/certificate-upload.service.js';

export const renewalSchema = z.strictObject({ successor: aliasSchema });
export const deletionSchema = z.strictObject({ force: z.string().optional() }).prefault({});
export const keyRemovalSchema = z
  .strictObject({
    confirm: z.string().optional(),
    /** The number of recordings that shall not play any more. */
    unplayable: z.int().min(0).optional(),
    /** JWS of operators: `rcsctl keys approve`. */
    approvals: z
      .array(z.string().max(16 * 1024))
      .max(8)
      .optional(),
  })
  .prefault({});

/** Recording certificates of the administrator's own contact center. */
@Controller('rcs/certificates')
@CertificateAdministrators()
export class CertificateController {
  constructor(
    private readonly list: CertificateListService,
    private readonly uploads: CertificateUploadService,
    private readonly removals: CertificateRemovalService,
    private readonly renewals: CertificateRenewalService,
    private readonly policy: CertificatePolicy,
    private readonly clearKeys: ClearPrivateKeys,
    private readonly audit: CertificateAudit,
  ) {}

  @Get()
  async all(@Req() request: FastifyRequest, @Query() query: unknown) {
    const administrator = administratorOf(request);
    const page = parseInput(certificatePageSchema, query);
    return this.audit.act(administrator, { event: 'certificates-listed' }, async () =>
      certificatePage(await this.list.list(administrator.contactCenter, page.deleted), page),
    );
  }

  @Get(':alias')
  get(@Req() request: FastifyRequest, @Param('alias') alias: string) {
    const administrator = administratorOf(request);
    return this.audit.act(administrator, { event: 'certificate-read', certificateAlias: alias }, () =>
      this.list.details(administrator.contactCenter, alias),
    );
  }

  @Post('inspect')
  @HttpCode(200)
  inspect(@Req() request: FastifyRequest, @Body() body: unknown) {
    const administrator = administratorOf(request);
    const input = parseInput(certificateInspectionSchema, body);
    return this.audit.act(administrator, { event: 'certificate-inspected' }, async () => {
      this.clearKeys.check(input);
      return Promise.resolve(inspectUpload(input, this.policy));
    });
  }

  @Post()
  async upload(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body() body: unknown) {
    const upload = parseInput(certificateUploadSchema, body);
    const { outcome, certificate, warnings } = await this.uploads.upload(administratorOf(request), upload);
    const location = `/rcs/certificates/${encodeURIComponent(certificate.alias)}`;
    void reply.status(outcome === 'known' ? 200 : 201).header('location', location);
    return { ...(await this.list.row(certificate)), outcome, warnings };
  }

  @Post(':alias/renew')
  @HttpCode(200)
  async renew(@Req() request: FastifyRequest, @Param('alias') alias: string, @Body() body: unknown) {
    const { successor } = parseInput(renewalSchema, body);
    const switched = await this.renewals.renew(administratorOf(request), alias, successor);
    return { alias, successor, switched };
  }

  @Delete(':alias')
  async delete(@Req() request: FastifyRequest, @Param('alias') alias: string, @Body() body: unknown) {
    const { force } = parseInput(deletionSchema, body ?? {});
    const { assignments, recordings } = await this.removals.delete(administratorOf(request), alias, force);
    return { alias, deleted: true, assignments, recordings };
  }

  @Delete(':alias/key')
  async removeKey(@Req() request: FastifyRequest, @Param('alias') alias: string, @Body() body: unknown) {
    const removal = parseInput(keyRemovalSchema, body ?? {});
    return { alias, ...(await this.removals.removeKey(administratorOf(request), alias, removal)) };
  }

  @Post(':alias/restore-key')
  @HttpCode(200)
  async restoreKey(@Req() request: FastifyRequest, @Param('alias') alias: string) {
    return { alias, ...(await this.removals.restoreKey(administratorOf(request), alias)) };
  }
}
