import { Controller, Delete, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { RcsError, toApiStatus, type ErrorCode } from '#platform';
import type { AuditLog, LabelStore, RecordingLabel, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { ReadableRecordings } from '../authorisation/readable-recordings.js';
import { contactCenterOf, requireRecordingPrivilege } from '../authorisation/require-recording-privilege.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import { labelledRecordingsSchema, recordingLabelSchema } from './label.schema.js';
import { unknownLabel } from './label-definition.controller.js';

/** What is the matter with one recording, and with no other. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'RCS_RECORDING_NOT_FOUND',
  'RCS_RECORDING_SOURCE_REFUSED',
  'RCS_RECORDING_SOURCE_UNAVAILABLE',
  'RCS_INSUFFICIENT_PERMISSION',
]);

/** Labels on recordings, for those who may read the recording. */
@Controller('api/v2')
@Authenticated(contactCenterOf)
export class RecordingLabelController {
  constructor(
    @Inject(storeTokens.labels) private readonly labels: LabelStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly readable: ReadableRecordings,
  ) {}

  @Get('recordings/:id/labels')
  async list(@CurrentUser() user: User, @Param('id') id: string) {
    return { statusCode: 0, labels: await this.labelsOf(user, id) };
  }

  @Get('recordings/:id/labels/:name')
  async get(@CurrentUser() user: User, @Param('id') id: string, @Param('name') name: string) {
    const found = (await this.labelsOf(user, id)).find(label => label.name === name);
    if (found === undefined) throw notBorne(name);
    return { statusCode: 0, ...found };
  }

  /** 201 where it is new, 200 where the recording bore it before. */
  @Post('recordings/:id/labels')
  @Authenticated(requireRecordingPrivilege('add-label'))
  async add(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @ValidBody(recordingLabelSchema) { name }: z.output<typeof recordingLabelSchema>,
  ) {
    const isNew = await this.put(request, user, id, name);
    void reply.status(isNew ? 201 : 200);
    return { statusCode: 0, name };
  }

  @Delete('recordings/:id/labels/:name')
  @Authenticated(requireRecordingPrivilege('delete-label'))
  async remove(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @Param('name') name: string,
  ) {
    await this.readable.find(user, id);
    await this.record(request, user, 'recording-unlabelled', id, name);
    if (!(await this.labels.remove(id, name))) throw notBorne(name);
    return { statusCode: 0 };
  }

  /** Says of each recording what became of it; one that is refused harms none of the others. */
  @Post('recording-labels')
  @Authenticated(requireRecordingPrivilege('add-label'))
  async addToSeveral(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() user: User,
    @ValidBody(labelledRecordingsSchema) { name, recordings }: z.output<typeof labelledRecordingsSchema>,
  ) {
    const defined = await this.labels.definitions(contactCenterOf(user));
    if (!defined.some(definition => definition.name === name)) throw unknownLabel(name);
    const results: { readonly id: string; readonly statusCode: number; readonly statusMessage?: string }[] = [];
    for (const id of new Set(recordings)) {
      try {
        await this.put(request, user, id, name);
        results.push({ id, statusCode: 0 });
      } catch (error) {
        if (!(error instanceof RcsError) || !refusals.has(error.code)) throw error;
        results.push({ id, ...toApiStatus(error) });
      }
    }
    void reply.status(200);
    return { statusCode: 0, name, recordings: results };
  }

  private async labelsOf(user: User, id: string): Promise<readonly RecordingLabel[]> {
    await this.readable.find(user, id);
    return (await this.labels.of([id])).get(id) ?? [];
  }

  private async put(request: FastifyRequest, user: User, id: string, name: string): Promise<boolean> {
    await this.readable.find(user, id);
    await this.record(request, user, 'recording-labelled', id, name);
    const outcome = await this.labels.put(id, { name, user: user.name, time: new Date().toISOString() });
    if (outcome === 'unknown') throw unknownLabel(name);
    return outcome === 'added';
  }

  private async record(request: FastifyRequest, user: User, event: string, recording: string, label: string) {
    await this.audit.append({
      event,
      outcome: 'allowed',
      ...auditedRequest(request, user),
      recording,
      detail: label,
    });
  }
}

const notBorne = (name: string): RcsError =>
  new RcsError('RCS_NOT_FOUND', undefined, { publicDetail: `the recording has no label ${JSON.stringify(name)}` });
