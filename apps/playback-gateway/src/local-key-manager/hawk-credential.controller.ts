import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RcsError } from '#platform';
import type { AuditLog, HawkCredential } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { userOf } from '../authentication/current-user.js';
import { storeTokens } from '../injection-tokens.js';
import { HawkCredentials } from './hawk-credentials.js';

const rotationSchema = z.strictObject({ overlapSeconds: z.int().default(86_400) });
const invitationSchema = z.strictObject({ validForSeconds: z.int().default(3600) });

/** Hawk credentials for administrators: register, list, rotate, revoke, invite. */
@Controller('rcs/local-key-manager')
@Authenticated()
export class HawkCredentialController {
  constructor(
    private readonly credentials: HawkCredentials,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Get('credentials')
  async list(@Req() request: FastifyRequest) {
    administrator(request);
    return { credentials: (await this.credentials.list()).map(resource) };
  }

  @Post('credentials')
  async register(@Req() request: FastifyRequest, @Body() body: { readonly id?: unknown } | undefined) {
    const by = administrator(request);
    const credential = await this.credentials.register(body?.id, by);
    await this.record(request, 'hawk-credential-registered', credential.id);
    return credential;
  }

  @Post('credentials/:id/rotation')
  async rotate(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown) {
    administrator(request);
    const { overlapSeconds } = checked(rotationSchema, body);
    const credential = await this.credentials.rotate(id, overlapSeconds);
    await this.record(request, 'hawk-credential-rotated', `${id}, the former key serves ${overlapSeconds} s longer`);
    return credential;
  }

  @Delete('credentials/:id')
  @HttpCode(200)
  async revoke(@Req() request: FastifyRequest, @Param('id') id: string) {
    const revoked = await this.credentials.revoke(id, administrator(request));
    await this.record(request, 'hawk-credential-revoked', id);
    return resource(revoked);
  }

  @Post('invitations')
  async invite(@Req() request: FastifyRequest, @Body() body: unknown) {
    const by = administrator(request);
    const { validForSeconds } = checked(invitationSchema, body);
    const invitation = await this.credentials.invite(validForSeconds, by);
    await this.record(request, 'hawk-invitation-made', `until ${invitation.expiresAt}`);
    return invitation;
  }

  private async record(request: FastifyRequest, event: string, detail: string): Promise<void> {
    const { name } = userOf(request);
    await this.audit.append({ event, outcome: 'done', user: name, address: request.ip, requestId: request.id, detail });
  }
}

/** The keys themselves are never shown again. */
function resource({ id, createdAt, createdBy, rotatedAt, previous, revokedAt, revokedBy }: HawkCredential) {
  const formerKeyUntil = previous?.validUntil;
  return {
    id,
    state: revokedAt === undefined ? 'in force' : 'revoked',
    createdAt,
    createdBy,
    rotatedAt,
    formerKeyUntil,
    revokedAt,
    revokedBy,
  };
}

/** @throws RcsError RCS_INSUFFICIENT_ROLE. */
function administrator(request: FastifyRequest): string {
  const { name, roles } = userOf(request);
  if (roles.includes('admin') || roles.includes('ops')) return name;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', `${name} may not manage Hawk credentials`);
}

/** @throws RcsError RCS_INVALID_VALUE naming the field. */
function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const publicDetail = `${issue?.path.join('.') ?? 'the body'}: ${issue?.message ?? 'is not valid'}`;
  throw new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
}
