import { Controller, Get, HttpCode, Inject, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isOriginPattern, RcsError } from '#platform';
import type { AuditLog, ContactCenter, ContactCenterStore, User } from '#store';
import { ValidBody } from '../http/valid-input.js';
import { auditedUser } from '../http/audited-user.js';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { storeTokens } from '../dependencies/injection-tokens.js';

export const crossOriginSettingsSchema = z.strictObject({
  /** No "*" alone: pages of these origins act for people who are logged in. */
  allowedOrigins: z
    .array(z.string().max(300).refine(isOriginPattern, 'must be scheme://host[:port], such as https://*.example.com'))
    .max(100),
});

/** The origins that a contact center allows for its own users, beside those of the configuration. */
@Controller('api/v2/settings/cross-origin')
@Authenticated(contactCenterOf)
export class CrossOriginSettingsController {
  constructor(
    @Inject(storeTokens.contactCenters) private readonly contactCenters: ContactCenterStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Get()
  async get(@CurrentUser() user: User) {
    const { allowedOrigins = [] } = await this.find(user);
    return { statusCode: 0, allowedOrigins };
  }

  /** In force on every gateway after `corsFilterCacheTimeToLive`. */
  @Put()
  @HttpCode(200)
  async put(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(crossOriginSettingsSchema) { allowedOrigins }: z.output<typeof crossOriginSettingsSchema>,
  ) {
    const contactCenter = await this.find(user);
    await this.audit.append({
      event: 'origins-changed',
      outcome: 'allowed',
      ...auditedUser(user),
      contactCenter: contactCenter.id,
      address: request.ip,
      requestId: request.id,
      detail: allowedOrigins.join(', '),
    });
    await this.contactCenters.put({ ...contactCenter, allowedOrigins });
    return { statusCode: 0, allowedOrigins };
  }

  private async find(user: User): Promise<ContactCenter> {
    const id = contactCenterOf(user);
    const contactCenter = await this.contactCenters.find(id);
    if (contactCenter === undefined) throw new RcsError('RCS_NOT_FOUND', `no contact center ${JSON.stringify(id)}`);
    return contactCenter;
  }
}

/** Whose origins the user may change. @throws RcsError RCS_INSUFFICIENT_ROLE */
function contactCenterOf({ roles, contactCenter }: User): string {
  if (roles.includes('admin') && contactCenter !== undefined) return contactCenter;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only administrators of a contact center change its origins');
}
