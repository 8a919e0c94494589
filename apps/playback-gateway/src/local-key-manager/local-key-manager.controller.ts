import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Options,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuditEntry, AuditLog, KeyManagerOwner } from '#store';
import { ValidBody } from '../http/valid-input.js';
import { HawkRegistration, HawkSigned, Public } from '../access/access-rule.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { BlockDecryption, type DecryptRequest } from './block-decryption.js';
import { callerOf } from './hawk-admission.js';
import { HawkCredentials } from './hawk-credentials.js';
import { NewOwner } from './key-manager-administrator.js';
import { contactCenterField } from './key-manager-requests.js';
import { keyPairResource, KeyPairs } from './key-pairs.js';
import { registrarOf } from './registration-access.js';
import { localKeyManagerPath } from '../http/key-management-path.js';
import { RequestLog, requestLogQuery, userIdOf } from './request-log.js';
import { callOf } from './key-pairs.js';

/** What Genesys Cloud looks for at the decrypt endpoint before it uses it. */
const endpointDescription = {
  encryptBody: { keypairId: null, body: null, decryptType: null },
  decryptResponse: { body: 'Decrypted Response' },
};

/** On the wire there is the id alone; operations accounts name the contact center, where there are several. */
export const keyManagerRegistrationSchema = z.looseObject({ contactCenter: contactCenterField.optional() });

/** The key-management API of Genesys Cloud's local key manager: each caller meets what its own contact center has. */
@Controller(localKeyManagerPath.slice(1))
export class LocalKeyManagerController {
  constructor(
    private readonly credentials: HawkCredentials,
    private readonly keyPairs: KeyPairs,
    private readonly blocks: BlockDecryption,
    private readonly requests: RequestLog,
    private readonly newOwner: NewOwner,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  /** Probes of load balancers and of Genesys Cloud ask without a signature. */
  @Get('health')
  @Public()
  health(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/plain; charset=utf-8');
    return 'OK';
  }

  @Post('auth')
  @HawkRegistration()
  @HttpCode(200)
  async register(
    @Req() request: FastifyRequest,
    @ValidBody(keyManagerRegistrationSchema) { id, contactCenter }: z.output<typeof keyManagerRegistrationSchema>,
  ) {
    const registrar = registrarOf(request);
    const right =
      'invitation' in registrar
        ? { invitation: registrar.invitation }
        : { contactCenter: await this.newOwner.of(registrar.scope, contactCenter) };
    const { issued, owner } = await this.credentials.register(id, registrar.name, right);
    const entry = { event: 'hawk-credential-registered', outcome: 'done', detail: issued.id } as const;
    await this.record(request, registrar.name, owner, entry);
    return issued;
  }

  @Post('keypair')
  @HttpCode(200)
  @HawkSigned()
  async generate(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const keyPair = await this.keyPairs.generate(callerOf(request).owner, callOf(request, reply));
    await this.recordCall(request, 'local-key-pair-generated', `key pair ${keyPair.id}`);
    return keyPairResource(keyPair);
  }

  @Get('keypair')
  @HawkSigned()
  async list(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return (await this.keyPairs.list(callerOf(request).owner, callOf(request, reply))).map(keyPairResource);
  }

  /** An id that is unknown has an empty answer, as callers of the example service expect. */
  @Get('keypair/:id')
  @HawkSigned()
  async find(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    const keyPair = await this.keyPairs.find(id.toLowerCase(), callerOf(request).owner, callOf(request, reply));
    await reply.code(200).send(keyPair === undefined ? '' : keyPairResource(keyPair));
  }

  /** The record of a decryption is durable before its result leaves. */
  @Post('decrypt')
  @HttpCode(200)
  @HawkSigned()
  async decrypt(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: DecryptRequest | undefined,
    @Query('decryptType') decryptType: unknown,
  ) {
    const { keypairId, body: block } = body ?? {};
    const asked = { keypairId, body: block, decryptType };
    const { keyPairId, message } = await this.blocks.open(asked, callerOf(request), callOf(request, reply));
    try {
      await this.recordCall(request, 'local-key-used', `key pair ${keyPairId}`);
      return { body: message.toString('base64') };
    } finally {
      message.fill(0);
    }
  }

  @Options('decrypt')
  @HawkSigned()
  @Header('allow', 'OPTIONS, POST')
  describe(): typeof endpointDescription {
    return endpointDescription;
  }

  @Get('request-log')
  @HawkSigned()
  readLog(@Req() request: FastifyRequest, @Query() parameters: Readonly<Record<string, unknown>>) {
    return this.requests.read(requestLogQuery(parameters), callerOf(request).owner);
  }

  @Delete('request-log')
  @HttpCode(200)
  @HawkSigned()
  async clearLog(@Req() request: FastifyRequest): Promise<void> {
    await this.recordCall(request, 'local-key-request-log-cleared', undefined);
    await this.requests.clear(callerOf(request).owner);
  }

  private recordCall(request: FastifyRequest, event: string, what: string | undefined): Promise<void> {
    const detail = [what, `for ${userIdOf(request)}`].filter(part => part !== undefined).join(', ');
    const { id, owner } = callerOf(request);
    return this.record(request, id, owner, { event, outcome: 'done', detail });
  }

  private async record(
    request: FastifyRequest,
    user: string,
    contactCenter: KeyManagerOwner,
    entry: AuditEntry,
  ): Promise<void> {
    await this.audit.append({
      ...entry,
      user,
      ...(contactCenter === undefined ? {} : { contactCenter }),
      address: request.ip,
      requestId: request.id,
    });
  }
}
