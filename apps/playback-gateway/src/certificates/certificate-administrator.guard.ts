import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditLog } from '#store';
import { userOf } from '../authentication/authentication.guard.js';
import { storeTokens } from '../injection-tokens.js';
import { administratorOf, mayAdministerCertificates } from './administrator.js';

/** Lets only administrators of certificates through; everybody else's attempt is in the audit. Comes after authentication. */
@Injectable()
export class CertificateAdministratorGuard implements CanActivate {
  constructor(@Inject(storeTokens.audit) private readonly audit: AuditLog) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const user = userOf(request);
    if (mayAdministerCertificates(user)) return true;
    await this.audit.append({
      event: 'certificate-administration-refused',
      outcome: 'refused',
      user: user.name,
      address: request.ip,
      requestId: request.id,
      ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
      detail: `${request.method} ${request.routeOptions.url ?? ''}`,
    });
    administratorOf(request);
    return false;
  }
}
