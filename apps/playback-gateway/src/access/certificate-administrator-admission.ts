import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditLog } from '#store';
import { auditedUser } from '../http/audited-user.js';
import { userOf } from '../http/current-user.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { administratorOf, mayAdministerCertificates } from './certificate-administrator.js';

/** Lets only administrators of certificates through; everybody else's attempt is in the audit. Comes after authentication. */
@Injectable()
export class CertificateAdministratorAdmission {
  constructor(@Inject(storeTokens.audit) private readonly audit: AuditLog) {}

  async check(request: FastifyRequest): Promise<void> {
    const user = userOf(request);
    if (mayAdministerCertificates(user)) return;
    await this.audit.append({
      event: 'certificate-administration-refused',
      outcome: 'refused',
      ...auditedUser(user),
      address: request.ip,
      requestId: request.id,
      ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
      detail: `${request.method} ${request.routeOptions.url ?? ''}`,
    });
    administratorOf(request);
  }
}
