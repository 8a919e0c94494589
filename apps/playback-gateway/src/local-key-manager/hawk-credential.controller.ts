import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HawkCredential, User } from '#store';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { HawkCredentials } from './hawk-credentials.js';
import { narrowed, NewOwner, scopeOf } from './key-manager-administrator.js';
import { KeyManagerAudit } from './key-manager-audit.js';
import { contactCenterField, scopeQuerySchema, type ScopeQuery } from './key-manager-requests.js';

export const hawkRegistrationSchema = z.looseObject({ contactCenter: contactCenterField.optional() });
export const hawkRotationSchema = z.strictObject({
  overlapSeconds: z.int().default(86_400),
  contactCenter: contactCenterField.optional(),
});
export const hawkInvitationSchema = z.strictObject({
  validForSeconds: z.int().default(3600),
  contactCenter: contactCenterField.optional(),
});

/**
 * Hawk credentials for administrators of the local key manager: register, list, rotate, revoke, invite. What another
 * contact center has answers as what is not there.
 */
@Controller('rcs/local-key-manager')
@Authenticated(scopeOf)
export class HawkCredentialController {
  constructor(
    private readonly credentials: HawkCredentials,
    private readonly newOwner: NewOwner,
    private readonly audit: KeyManagerAudit,
  ) {}

  @Get('credentials')
  async list(@CurrentUser() user: User, @ValidQuery(scopeQuerySchema) { contactCenter }: ScopeQuery) {
    const scope = narrowed(scopeOf(user), contactCenter);
    return { credentials: (await this.credentials.list(scope)).map(resource) };
  }

  @Post('credentials')
  async register(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(hawkRegistrationSchema) { id, contactCenter: named }: z.output<typeof hawkRegistrationSchema>,
  ) {
    const contactCenter = await this.newOwner.of(scopeOf(user), named);
    const { issued } = await this.credentials.register(id, user.name, { contactCenter });
    await this.audit.done(request, 'hawk-credential-registered', contactCenter, issued.id);
    return issued;
  }

  @Post('credentials/:id/rotation')
  async rotate(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @ValidBody(hawkRotationSchema) { overlapSeconds, contactCenter }: z.output<typeof hawkRotationSchema>,
  ) {
    const scope = scopeOf(user);
    const { issued, owner } = await this.credentials.rotate(id, narrowed(scope, contactCenter), overlapSeconds);
    const detail = `${id}, the former key serves ${overlapSeconds} s longer`;
    await this.audit.done(request, 'hawk-credential-rotated', owner, detail);
    return issued;
  }

  @Delete('credentials/:id')
  @HttpCode(200)
  async revoke(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @ValidQuery(scopeQuerySchema) { contactCenter }: ScopeQuery,
  ) {
    const scope = narrowed(scopeOf(user), contactCenter);
    const revoked = await this.credentials.revoke(id, scope, user.name);
    await this.audit.done(request, 'hawk-credential-revoked', revoked.contactCenter, id);
    return resource(revoked);
  }

  @Post('invitations')
  async invite(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(hawkInvitationSchema) { validForSeconds, contactCenter: named }: z.output<typeof hawkInvitationSchema>,
  ) {
    const scope = scopeOf(user);
    const contactCenter = await this.newOwner.of(scope, named);
    const invitation = await this.credentials.invite(validForSeconds, contactCenter, user.name);
    await this.audit.done(request, 'hawk-invitation-made', contactCenter, `until ${invitation.expiresAt}`);
    return { ...invitation, contactCenter };
  }
}

/** The keys themselves are never shown again. */
function resource(credential: HawkCredential) {
  const { id, contactCenter, createdAt, createdBy, rotatedAt, previous, revokedAt, revokedBy } = credential;
  const formerKeyUntil = previous?.validUntil;
  return {
    id,
    contactCenter,
    state: revokedAt === undefined ? 'in force' : 'revoked',
    createdAt,
    createdBy,
    rotatedAt,
    formerKeyUntil,
    revokedAt,
    revokedBy,
  };
}
