import { Body, Controller, Get, HttpCode, Inject, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isOriginPattern, RcsError } from '#platform';
import type { AuditLog, ContactCenter, ContactCenterStore, User } from '#store';
import { auditedUser } from '../http/audited-user.js';
import { Authenticated } from '../access/access-rule.js';
import { userOf } from '../http/current-user.js';
import { storeTokens } from '../dependencies/injection-tokens.js';

export const crossOriginSettingsSchema = z.strictObject({
  /** No "*" alone: pages of these origins act for people who are logged in. */
  allowedOrigins: z.array(z.string().max(300).refine(isOriginPattern)).max(100),
});

/** The origins that a contact center allows for its own users, beside those of the configuration. */
@Controller('api/v2/settings/cross-origin')
@Authenticated()
export class CrossOriginSettingsController {
  constructor(
    @Inject(storeTokens.contactCenters) private readonly contactCenters: ContactCenterStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Get()
  async get(@Req() request: FastifyRequest) {
    const { allowedOrigins = [] } = await this.contactCenterOf(userOf(request));
    return { statusCode: 0, allowedOrigins };
  }

  /** In force on every gateway after `corsFilterCacheTimeToLive`. */
  @Put()
  @HttpCode(200)
  async put(@Req() request: FastifyRequest, @Body() body: unknown) {
    const user = userOf(request);
    const contactCenter = await this.contactCenterOf(user);
    const parsed = crossOriginSettingsSchema.safeParse(body);
    if (!parsed.success) {
      const publicDetail = 'allowedOrigins: a list of scheme://host[:port], such as https://*.example.com';
      throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
    }
    const { allowedOrigins } = parsed.data;
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

  private async contactCenterOf({ roles, contactCenter: id }: User): Promise<ContactCenter> {
    if (!roles.includes('admin') || id === undefined) {
      throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only administrators of a contact center change its origins');
    }
    const contactCenter = await this.contactCenters.find(id);
    if (contactCenter === undefined) throw new RcsError('RCS_NOT_FOUND', `no contact center ${JSON.stringify(id)}`);
    return contactCenter;
  }
}
