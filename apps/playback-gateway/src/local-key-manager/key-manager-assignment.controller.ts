import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RcsError } from '#platform';
import type { AssignmentOutcome, LocalKeyManagerStore } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { userOf } from '../http/current-user.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { narrowed, NewOwner, scopeOf } from './key-manager-administrator.js';
import { assignedText, KeyManagerAudit } from './key-manager-audit.js';
import { checked, contactCenterField, scopeQuery } from './key-manager-requests.js';
import { KeyPairs } from './key-pairs.js';
import { callOf } from './key-pairs.js';

const ids = z.array(z.string().min(1).max(128)).max(1000);
export const keyManagerAssignmentSchema = z.strictObject({
  contactCenter: contactCenterField.min(1),
  /** Everything that belongs to no contact center when neither list is there. */
  credentials: ids.optional(),
  keyPairs: ids.optional(),
});

/** Whose the key pairs are; operations accounts give contact centers what is from before things belonged to them. */
@Controller('rcs/local-key-manager')
@Authenticated()
export class KeyManagerAssignmentController {
  constructor(
    private readonly keyPairs: KeyPairs,
    private readonly newOwner: NewOwner,
    private readonly audit: KeyManagerAudit,
    @Inject(storeTokens.localKeyManager) private readonly store: LocalKeyManagerStore,
  ) {}

  @Get('key-pairs')
  async list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: unknown,
  ): Promise<{ keyPairs: { id: string; contactCenter: string | undefined; dateCreated: number }[] }> {
    const scope = narrowed(scopeOf(userOf(request)), scopeQuery(query));
    // Key pairs that were imported come into the store when they are first looked for.
    await this.keyPairs.list(scope === 'everything' ? undefined : scope.owner, callOf(request, reply));
    const keyPairs = await this.store.keyPairs(scope);
    return {
      keyPairs: keyPairs.map(({ id, contactCenter, dateCreated }) => ({ id, contactCenter, dateCreated })),
    };
  }

  @Post('assignments')
  @HttpCode(200)
  async assign(@Req() request: FastifyRequest, @Body() body: unknown): Promise<AssignmentOutcome> {
    const scope = scopeOf(userOf(request));
    if (scope !== 'everything') {
      throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only operations accounts assign what belongs to no contact center');
    }
    const { contactCenter: named, credentials, keyPairs } = checked(keyManagerAssignmentSchema, body);
    const contactCenter = await this.newOwner.of(scope, named);
    const chosen = credentials === undefined && keyPairs === undefined ? undefined : { credentials, keyPairs };
    const outcome = await this.store.assign({
      contactCenter,
      ...(chosen === undefined ? {} : { only: { credentials: credentials ?? [], keyPairs: keyPairs ?? [] } }),
    });
    if (outcome.credentials.length + outcome.keyPairs.length > 0 || chosen === undefined) {
      await this.audit.done(request, 'local-key-manager-assigned', contactCenter, assignedText(outcome));
    }
    return outcome;
  }
}
