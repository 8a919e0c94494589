import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RcsError } from '#platform';
import type { AssignmentOutcome, LocalKeyManagerStore, User } from '#store';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { narrowed, NewOwner, scopeOf } from './key-manager-administrator.js';
import { assignedText, KeyManagerAudit } from './key-manager-audit.js';
import { contactCenterField, scopeQuerySchema, type ScopeQuery } from './key-manager-requests.js';
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
@Authenticated(scopeOf)
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
    @CurrentUser() user: User,
    @ValidQuery(scopeQuerySchema) { contactCenter }: ScopeQuery,
  ): Promise<{ keyPairs: { id: string; contactCenter: string | undefined; dateCreated: number }[] }> {
    const scope = narrowed(scopeOf(user), contactCenter);
    // Key pairs that were imported come into the store when they are first looked for.
    await this.keyPairs.list(scope === 'everything' ? undefined : scope.owner, callOf(request, reply));
    const keyPairs = await this.store.keyPairs(scope);
    return {
      keyPairs: keyPairs.map(({ id, contactCenter, dateCreated }) => ({ id, contactCenter, dateCreated })),
    };
  }

  @Post('assignments')
  @HttpCode(200)
  @Authenticated(requireOperations)
  async assign(
    @Req() request: FastifyRequest,
    @ValidBody(keyManagerAssignmentSchema)
    { contactCenter: named, credentials, keyPairs }: z.output<typeof keyManagerAssignmentSchema>,
  ): Promise<AssignmentOutcome> {
    const contactCenter = await this.newOwner.of('everything', named);
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

/** @throws RcsError RCS_INSUFFICIENT_PERMISSION, RCS_INSUFFICIENT_ROLE */
function requireOperations(user: User): void {
  if (scopeOf(user) === 'everything') return;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only operations accounts assign what belongs to no contact center');
}
