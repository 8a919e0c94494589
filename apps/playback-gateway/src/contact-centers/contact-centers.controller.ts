import { Controller, Get, Inject } from '@nestjs/common';
import type { ContactCenterStore } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { requireOperations } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { ExternalUrl } from '../http/external-url.js';

/** The contact centers that there are, as Web Services list them for operations accounts (Genesys IRWS features). */
@Controller('api/v2/ops/contact-centers')
@Authenticated(requireOperations)
export class ContactCentersController {
  constructor(
    @Inject(storeTokens.contactCenters) private readonly contactCenters: Pick<ContactCenterStore, 'list'>,
    private readonly externalUrl: ExternalUrl,
  ) {}

  @Get()
  async list() {
    const all = await this.contactCenters.list();
    const uris = all.map(({ id }) => `${this.externalUrl.value}/api/v2/ops/contact-centers/${encodeURIComponent(id)}`);
    return { statusCode: 0, uris: uris.sort() };
  }
}
