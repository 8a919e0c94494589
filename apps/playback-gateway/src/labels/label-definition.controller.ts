import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { RcsError } from '#platform';
import type { AuditLog, LabelDefinition, LabelStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { contactCenterOf, requireRecordingPrivilege } from '../authorisation/require-recording-privilege.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import { labelChangeSchema, labelDefinitionSchema } from './label.schema.js';

/** The labels that recordings of a contact center may bear. */
@Controller('api/v2/recording-label-definitions')
@Authenticated(contactCenterOf)
export class LabelDefinitionController {
  constructor(
    @Inject(storeTokens.labels) private readonly labels: LabelStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Get()
  async list(@CurrentUser() user: User) {
    const definitions = await this.labels.definitions(contactCenterOf(user));
    return { statusCode: 0, labelDefinitions: definitions.map(view) };
  }

  @Get(':name')
  async get(@CurrentUser() user: User, @Param('name') name: string) {
    const definitions = await this.labels.definitions(contactCenterOf(user));
    const found = definitions.find(definition => definition.name === name);
    if (found === undefined) throw unknownLabel(name);
    return { statusCode: 0, ...view(found) };
  }

  @Post()
  @HttpCode(201)
  @Authenticated(requireRecordingPrivilege('add-label-definition'))
  async define(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(labelDefinitionSchema)
    { name, displayName = name, description }: z.output<typeof labelDefinitionSchema>,
  ) {
    const definition = { contactCenter: contactCenterOf(user), name, displayName, description };
    await this.record(request, user, 'label-defined', name);
    if (await this.labels.define(definition)) return { statusCode: 0, ...view(definition) };
    throw new RcsError('RCS_LABEL_EXISTS', undefined, { publicDetail: JSON.stringify(name) });
  }

  @Put(':name')
  @Authenticated(requireRecordingPrivilege('add-label-definition'))
  async change(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('name') name: string,
    @ValidBody(labelChangeSchema) change: z.output<typeof labelChangeSchema>,
  ) {
    const definition = { contactCenter: contactCenterOf(user), name, ...change };
    await this.record(request, user, 'label-changed', name);
    if (!(await this.labels.redefine(definition))) throw unknownLabel(name);
    return { statusCode: 0, ...view(definition) };
  }

  /** One that recordings bear stays: take it off them first. */
  @Delete(':name')
  @Authenticated(requireRecordingPrivilege('delete-label-definition'))
  async remove(@Req() request: FastifyRequest, @CurrentUser() user: User, @Param('name') name: string) {
    await this.record(request, user, 'label-removed', name);
    const outcome = await this.labels.undefine(contactCenterOf(user), name);
    if (outcome === 'removed') return { statusCode: 0 };
    if (outcome === 'unknown') throw unknownLabel(name);
    throw new RcsError('RCS_LABEL_IN_USE', undefined, { publicDetail: JSON.stringify(name) });
  }

  private async record(request: FastifyRequest, user: User, event: string, label: string): Promise<void> {
    await this.audit.append({
      event,
      outcome: 'allowed',
      ...auditedRequest(request, user),
      detail: label,
    });
  }
}

/** For a name that has no definition in the contact center. */
export function unknownLabel(name: string): RcsError {
  return new RcsError('RCS_NOT_FOUND', undefined, { publicDetail: `no label ${JSON.stringify(name)} is defined` });
}

function view({ name, displayName, description }: LabelDefinition) {
  return { name, displayName, description };
}
