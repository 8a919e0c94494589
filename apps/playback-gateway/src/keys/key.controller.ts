import { Body, Controller, Get, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CertificateAdministrators } from '../access/access-rule.js';
import { administratorOf } from '../access/certificate-administrator.js';
import { CertificateListService } from '../certificates/certificate-list.service.js';
import { parseInput } from '../http/request-input.js';
import { aliasSchema } from '../certificates/upload/certificate-input.js';
import { GeneratedKeyService } from './generated-key.service.js';
import { VaultKeys } from '../vaults/vault-keys.js';

export const keyGenerationSchema = z.strictObject({
  alias: aliasSchema,
  size: z.union([z.literal(2048), z.literal(3072), z.literal(4096)]).default(3072),
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
@CertificateAdministrators()
export class KeyController {
  constructor(
    private readonly generated: GeneratedKeyService,
    private readonly list: CertificateListService,
    private readonly keys: VaultKeys,
  ) {}

  @Get('import-keys')
  async importKeys(@Req() request: FastifyRequest) {
    return { importKeys: await this.keys.importKeys(administratorOf(request).requestId) };
  }

  @Get()
  async waiting(@Req() request: FastifyRequest) {
    return { keys: await this.generated.waiting(administratorOf(request).contactCenter) };
  }

  @Post()
  generate(@Req() request: FastifyRequest, @Body() body: unknown) {
    const { alias, size } = parseInput(keyGenerationSchema, body);
    return this.generated.generate(administratorOf(request), alias, size);
  }

  @Post(':alias/certificate-signing-request')
  @HttpCode(200)
  @Header('content-type', 'application/pkcs10')
  certificateSigningRequest(@Req() request: FastifyRequest, @Param('alias') alias: string, @Body() body: unknown) {
    const { subject } = parseInput(signingRequestSchema, body);
    return this.generated.certificateSigningRequest(administratorOf(request), alias, subject);
  }

  @Post(':alias/certificate')
  async attach(@Req() request: FastifyRequest, @Param('alias') alias: string, @Body() body: unknown) {
    const { certificate, sameName } = parseInput(attachmentSchema, body);
    return this.list.row(await this.generated.attach(administratorOf(request), alias, certificate, sameName));
  }
}
