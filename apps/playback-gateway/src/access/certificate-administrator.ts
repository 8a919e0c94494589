import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { ChangeOrigin, User } from '#store';
import { authenticatedAt } from '../authentication/authentication-time.js';
import { userOf } from '../http/current-user.js';

/** Who administers certificates, of which contact center, from where. */
export interface Administrator {
  readonly name: string;
  readonly contactCenter: string;
  readonly address: string;
  readonly requestId: string;
  /** When they proved who they are. */
  readonly authenticatedAt: Date;
}

/** "Administration of Recording Certificates and Keys". */
export function mayAdministerCertificates(user: User): boolean {
  return user.privileges.includes('administer-certificates') && user.contactCenter !== undefined;
}

/** @throws RcsError RCS_INSUFFICIENT_PERMISSION */
export function administratorOf(request: FastifyRequest): Administrator {
  const user = userOf(request);
  if (!mayAdministerCertificates(user) || user.contactCenter === undefined) {
    throw new RcsError('RCS_INSUFFICIENT_PERMISSION', undefined, {
      publicDetail: 'the privilege "Administration of Recording Certificates and Keys" is needed',
    });
  }
  return {
    name: user.name,
    contactCenter: user.contactCenter,
    address: request.ip,
    requestId: request.id,
    authenticatedAt: authenticatedAt(request),
  };
}

/** The origin of a change made now. */
export function originOf({ name }: Administrator): ChangeOrigin {
  return { by: name, at: new Date().toISOString() };
}

/** Who administers certificates with this request, for a handler. */
export const CertificateAdministrator = createParamDecorator((_: unknown, context: ExecutionContext) =>
  administratorOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
