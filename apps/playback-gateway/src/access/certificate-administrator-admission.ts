import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditLog } from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import { auditedUser } from '../http/audited-user.js';
import { userOf } from '../http/current-user.js';
import { administratorOf, mayAdministerCertificates } from './certificate-administrator.js';
import { mayViewCertificates, viewingRefused } from './certificate-viewer.js';

/**
 * Lets only administrators of certificates through, or those who may see them; everybody else's attempt is in the audit.
 * Comes after authentication.
 */
@Injectable()
export class CertificateAdministratorAdmission {
  private readonly showWithUpload: boolean;

  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(CONFIGURATION) { recordingCertificates }: Pick<GatewayConfiguration, 'recordingCertificates'>,
  ) {
    this.showWithUpload = recordingCertificates.showCertWithUploadPrivilege;
  }

  async check(request: FastifyRequest): Promise<void> {
    if (mayAdministerCertificates(userOf(request))) return;
    await this.refused(request);
    administratorOf(request);
  }

  async checkViewer(request: FastifyRequest): Promise<void> {
    if (mayViewCertificates(userOf(request), this.showWithUpload)) return;
    await this.refused(request);
    throw viewingRefused();
  }

  private async refused(request: FastifyRequest): Promise<void> {
    const user = userOf(request);
    await this.audit.append({
      event: 'certificate-administration-refused',
      outcome: 'refused',
      ...auditedUser(user),
      address: request.ip,
      requestId: request.id,
      ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
      detail: `${request.method} ${request.routeOptions.url ?? ''}`,
    });
  }
}
