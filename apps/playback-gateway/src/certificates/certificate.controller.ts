import { Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import { CertificateViewers, RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { CertificateViewer, type Viewer } from '../access/certificate-viewer.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { CertificateCatalog } from './certificate-catalog.service.js';
import { unknownCertificate } from './certificate-errors.js';
import { CertificateNeedsService } from './certificate-needs.js';
import { certificatePageSchema } from './certificate-page.js';
import { CertificatePolicy } from './certificate-policy.js';
import { CertificateRemovalService } from './certificate-removal.service.js';
import { CertificateRenewalService } from './certificate-renewal.service.js';
import { aliasSchema, certificateInspectionSchema, certificateUploadSchema } from './upload/certificate-input.js';
import { ClearPrivateKeys } from './upload/clear-private-keys.js';
import { inspectUpload } from './upload/certificate-inspection.js';
import { requireViewablePage, viewedCertificate } from './viewed-certificate.js';
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
@RequirePrivilege('administer-certificates')
export class CertificateController {
  constructor(
    private readonly list: CertificateCatalog,
    private readonly needs: CertificateNeedsService,
    private readonly uploads: CertificateUploadService,
    private readonly removals: CertificateRemovalService,
    private readonly renewals: CertificateRenewalService,
    private readonly policy: CertificatePolicy,
    private readonly clearKeys: ClearPrivateKeys,
    private readonly audit: CertificateAudit,
  ) {}

  @Get()
  @CertificateViewers()
  async all(
    @CertificateViewer() viewer: Viewer,
    @ValidQuery(certificatePageSchema) query: z.output<typeof certificatePageSchema>,
  ) {
    if (!viewer.isAdministrator) requireViewablePage(query);
    return this.audit.act(viewer, { event: 'certificates-listed' }, async () => {
      const page = await this.list.page(viewer.contactCenter, query);
      return viewer.isAdministrator ? page : { ...page, certificates: page.certificates.map(viewedCertificate) };
    });
  }

  @Get(':alias')
  @CertificateViewers()
  get(@CertificateViewer() viewer: Viewer, @Param('alias') alias: string) {
    return this.audit.act(viewer, { event: 'certificate-read', certificateAlias: alias }, async () => {
      const details = await this.list.details(viewer.contactCenter, alias);
      if (viewer.isAdministrator) {
        return { ...details, archives: await this.needs.countArchives(viewer.contactCenter, alias) };
      }
      if (details.status === 'deleted') throw unknownCertificate(alias);
      return viewedCertificate(details);
    });
  }

  @Post('inspect')
  @HttpCode(200)
  inspect(
    @CertificateAdministrator() administrator: Administrator,
    @ValidBody(certificateInspectionSchema) input: z.output<typeof certificateInspectionSchema>,
  ) {
    return this.audit.act(administrator, { event: 'certificate-inspected' }, async () => {
      this.clearKeys.check(input);
      return Promise.resolve(inspectUpload(input, this.policy));
    });
  }

  @Post()
  async upload(
    @CertificateAdministrator() administrator: Administrator,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ValidBody(certificateUploadSchema) upload: z.output<typeof certificateUploadSchema>,
  ) {
    const { outcome, certificate, warnings } = await this.uploads.upload(administrator, upload);
    const location = `/rcs/certificates/${encodeURIComponent(certificate.alias)}`;
    void reply.status(outcome === 'known' ? 200 : 201).header('location', location);
    const row = await this.list.row(certificate);
    return { ...row, key: row.keyDetails.identifier, outcome, warnings };
  }

  @Post(':alias/renew')
  @HttpCode(200)
  async renew(
    @CertificateAdministrator() administrator: Administrator,
    @Param('alias') alias: string,
    @ValidBody(renewalSchema) { successor }: z.output<typeof renewalSchema>,
  ) {
    const switched = await this.renewals.renew(administrator, alias, successor);
    return { alias, successor, switched };
  }

  @Delete(':alias')
  async delete(
    @CertificateAdministrator() administrator: Administrator,
    @Param('alias') alias: string,
    @ValidBody(deletionSchema) { force }: z.output<typeof deletionSchema>,
  ) {
    const { assignments, recordings, archives } = await this.removals.delete(administrator, alias, force);
    return { alias, deleted: true, assignments, recordings, archives };
  }

  @Delete(':alias/key')
  async removeKey(
    @CertificateAdministrator() administrator: Administrator,
    @Param('alias') alias: string,
    @ValidBody(keyRemovalSchema) removal: z.output<typeof keyRemovalSchema>,
  ) {
    return { alias, ...(await this.removals.removeKey(administrator, alias, removal)) };
  }

  @Post(':alias/restore-key')
  @HttpCode(200)
  async restoreKey(@CertificateAdministrator() administrator: Administrator, @Param('alias') alias: string) {
    return { alias, ...(await this.removals.restoreKey(administrator, alias)) };
  }
}
