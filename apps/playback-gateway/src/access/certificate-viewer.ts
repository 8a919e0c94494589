import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { User } from '#store';
import { authenticatedAt } from '../authentication/authentication-time.js';
import { userOf } from '../http/current-user.js';
import { mayAdministerCertificates, type Administrator } from './certificate-administrator.js';

/** Who sees certificates, of which contact center, from where. */
export interface Viewer extends Administrator {
  /** Whether they see what administrators need: keys in the tokens, counts, who did what. */
  readonly isAdministrator: boolean;
}

/**
 * The privilege "Decrypt a Recording" lets see certificates (Genesys access control); that of uploads only where it is told
 * to (`[rcs] show_cert_with_upload_privilege`).
 */
export function mayViewCertificates(user: User, showWithUpload: boolean): boolean {
  if (user.contactCenter === undefined) return false;
  return user.privileges.includes('decrypt-recording') || (showWithUpload && mayAdministerCertificates(user));
}

export const viewingRefused = (): RcsError =>
  new RcsError('RCS_INSUFFICIENT_PERMISSION', undefined, {
    publicDetail: 'to see certificates the privilege "Decrypt a Recording" is needed',
  });

/** @throws RcsError RCS_INSUFFICIENT_PERMISSION for somebody of no contact center */
export function viewerOf(request: FastifyRequest): Viewer {
  const user = userOf(request);
  const { name, contactCenter } = user;
  if (contactCenter === undefined) throw viewingRefused();
  return {
    name,
    contactCenter,
    address: request.ip,
    requestId: request.id,
    authenticatedAt: authenticatedAt(request),
    isAdministrator: mayAdministerCertificates(user),
  };
}

/** Who sees certificates with this request, for a handler whose rule has let them in. */
export const CertificateViewer = createParamDecorator((_: unknown, context: ExecutionContext) =>
  viewerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
