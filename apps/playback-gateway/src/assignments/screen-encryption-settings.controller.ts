import { Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { parseCertificatePem } from '#certificates';
import { parseQuery, RcsError } from '#platform';
import type { AssignmentTarget } from '#store';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { aliasSchema } from '../certificates/upload/certificate-input.js';
import { orRefuse } from '../certificates/certificate-errors.js';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import { ExternalUrl } from '../http/external-url.js';
import { ValidBody } from '../http/valid-input.js';
import { locationPath } from '../settings/location-path.js';
import { describedGroup, screenEncryptionGroup } from '../settings/setting-kinds.js';
import { AssignmentService } from './assignment.service.js';

const name = z.literal('certificates', { error: 'must be "certificates"' });
/** Screens of a contact center are encrypted for the same certificates everywhere. */
const everywhere = locationPath.refine(location => location === '/', 'must be /: it holds for all locations');
const confirm = z.string().max(64).optional().describe('`record unencrypted`, where nothing is left');
const certificate = z.strictObject({
  alias: aliasSchema,
  certificate: z.string().max(65_536).optional().describe('PEM; refused where the alias is another one'),
});
export const screenEncryptionSchema = z.strictObject({
  name,
  location: everywhere.default('/'),
  value: z
    .array(certificate)
    .max(64)
    .refine(all => new Set(all.map(({ alias }) => alias)).size === all.length, 'every alias may occur once'),
  confirm,
});
export const removeScreenEncryptionSchema = z.strictObject({ name, confirm });
export const screenEncryptionQuerySchema = z.strictObject({
  location: everywhere.optional(),
  subresources: z.literal('*').optional().describe('the original asks with it; settings are always there'),
});

type Asked = z.output<typeof screenEncryptionSchema>;
const screens: AssignmentTarget = { kind: 'screen-recording' };

/** The certificates of screen recordings, where Web Services keep them: as a group of settings. */
@Controller(`api/v2/settings/${screenEncryptionGroup}`)
@RequirePrivilege('administer-certificates')
export class ScreenEncryptionSettingsController {
  constructor(
    private readonly assignments: AssignmentService,
    private readonly catalog: CertificateCatalog,
    private readonly externalUrl: ExternalUrl,
  ) {}

  @Get()
  async get(@CertificateAdministrator() { contactCenter }: Administrator, @Query() query: unknown) {
    parseQuery(screenEncryptionQuerySchema, query);
    const { aliases } = await this.assignments.view(contactCenter, screens);
    const settings = aliases.length === 0 ? [] : [await this.setting(contactCenter, aliases)];
    return { statusCode: 0, ...describedGroup(screenEncryptionGroup, this.externalUrl.value), settings };
  }

  @Post()
  @HttpCode(200)
  post(@CertificateAdministrator() administrator: Administrator, @ValidBody(screenEncryptionSchema) asked: Asked) {
    return this.change(administrator, asked);
  }

  /** As POST. */
  @Put()
  put(@CertificateAdministrator() administrator: Administrator, @ValidBody(screenEncryptionSchema) asked: Asked) {
    return this.change(administrator, asked);
  }

  @Delete()
  async remove(
    @CertificateAdministrator() administrator: Administrator,
    @Query() query: unknown,
    @ValidBody(removeScreenEncryptionSchema) { confirm: said }: z.output<typeof removeScreenEncryptionSchema>,
  ) {
    parseQuery(screenEncryptionQuerySchema, query);
    await this.assignments.assign(administrator, screens, [], said);
    return { statusCode: 0 };
  }

  private async change(administrator: Administrator, { value, confirm: said }: Asked) {
    const { contactCenter } = administrator;
    for (const { alias, certificate: pem } of value) {
      if (pem !== undefined) await this.requireSame(contactCenter, alias, pem);
    }
    const { aliases } = await this.assignments.assign(
      administrator,
      screens,
      value.map(({ alias }) => alias),
      said,
    );
    return { statusCode: 0, ...(await this.setting(contactCenter, aliases)) };
  }

  /** Somebody who brings a certificate wants that one, and not what else is called so. */
  private async requireSame(contactCenter: string, alias: string, pem: string): Promise<void> {
    const [{ fingerprint }] = orRefuse(() => parseCertificatePem(pem));
    if ((await this.catalog.require(contactCenter, alias)).fingerprint === fingerprint) return;
    const publicDetail = `value: ${JSON.stringify(alias)} is another certificate: upload this one with its private key`;
    throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
  }

  private async setting(contactCenter: string, aliases: readonly string[]) {
    const value = await Promise.all(
      aliases.map(async alias => {
        const stored = await this.catalog.require(contactCenter, alias);
        return { alias, certificate: stored.certificate };
      }),
    );
    return { name: 'certificates', location: '/', value };
  }
}
