import { Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, ContactCenterStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { requireOperations } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ExternalUrl } from '../http/external-url.js';
import { ValidBody } from '../http/valid-input.js';
import { assignFeaturesSchema, features, type AssignFeatures } from './features.js';

/** The features of a contact center, which installations of Web Services switch on before they record. */
@Controller('api/v2/ops/contact-centers/:contactCenter/features')
@Authenticated(requireOperations)
export class ContactCenterFeaturesController {
  constructor(
    @Inject(storeTokens.contactCenters) private readonly contactCenters: Pick<ContactCenterStore, 'find'>,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly externalUrl: ExternalUrl,
  ) {}

  @Get()
  async list(@Param('contactCenter') contactCenter: string) {
    await this.require(contactCenter);
    return { statusCode: 0, uris: Object.keys(features).map(name => `${this.externalUrl.value}/api/${name}`) };
  }

  /** They are on already; a feature that this server does not have is refused by its name. */
  @Post()
  @HttpCode(200)
  async assign(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('contactCenter') contactCenter: string,
    @ValidBody(assignFeaturesSchema) { uris }: AssignFeatures,
  ) {
    await this.require(contactCenter);
    await this.audit.append({
      event: 'features-assigned',
      outcome: 'allowed',
      ...auditedRequest(request, user),
      contactCenter,
      detail: uris.join(', '),
    });
    return { statusCode: 0 };
  }

  private async require(id: string): Promise<void> {
    if ((await this.contactCenters.find(id)) !== undefined) return;
    throw new RcsError('RCS_NOT_FOUND', undefined, { publicDetail: 'there is no such contact center' });
  }
}
