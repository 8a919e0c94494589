import { Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { ValidBody } from '../http/valid-input.js';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import { aliasSchema } from '../certificates/upload/certificate-input.js';
import { GeneratedKeyService } from './generated-key.service.js';
import { VaultKeys } from '../vaults/vault-keys.js';

export const keyGenerationSchema = z.strictObject({
  alias: aliasSchema,
  size: z.union([z.literal(2048), z.literal(3072), z.literal(4096)], 'must be 2048, 3072 or 4096').default(3072),
});
/** The subject as in RFC 4514: `CN=Genesys Recording,C=US`. */
export const signingRequestSchema = z.strictObject({ subject: z.string().min(1).max(1024) });
export const attachmentSchema = z.strictObject({
  certificate: z.string().max(1_000_000),
  /** Confirms that another key of the contact center may bear the names of the certificate. */
  sameName: z.boolean().default(false),
});

/** Keys that are made in the token, and the public keys to which uploaded ones may be encrypted. */
@Controller('rcs/keys')
@RequirePrivilege('administer-certificates')
export class KeyController {
  constructor(
    private readonly generated: GeneratedKeyService,
    private readonly list: CertificateCatalog,
    private readonly keys: VaultKeys,
  ) {}

  @Get('import-keys')
  async importKeys(@CertificateAdministrator() administrator: Administrator) {
    return { importKeys: await this.keys.importKeys(administrator.requestId) };
  }

  @Get()
  async waiting(@CertificateAdministrator() administrator: Administrator) {
    return { keys: await this.generated.waiting(administrator.contactCenter) };
  }

  @Post()
  generate(
    @CertificateAdministrator() administrator: Administrator,
    @ValidBody(keyGenerationSchema) { alias, size }: z.output<typeof keyGenerationSchema>,
  ) {
    return this.generated.generate(administrator, alias, size);
  }

  @Post(':alias/certificate-signing-request')
  @HttpCode(200)
  @Header('content-type', 'application/pkcs10')
  certificateSigningRequest(
    @CertificateAdministrator() administrator: Administrator,
    @Param('alias') alias: string,
    @ValidBody(signingRequestSchema) { subject }: z.output<typeof signingRequestSchema>,
  ) {
    return this.generated.certificateSigningRequest(administrator, alias, subject);
  }

  @Post(':alias/certificate')
  async attach(
    @CertificateAdministrator() administrator: Administrator,
    @Param('alias') alias: string,
    @ValidBody(attachmentSchema) { certificate, sameName }: z.output<typeof attachmentSchema>,
  ) {
    return this.list.row(await this.generated.attach(administrator, alias, certificate, sameName));
  }
}
