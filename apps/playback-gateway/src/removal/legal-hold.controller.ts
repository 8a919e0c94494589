import { randomUUID } from 'node:crypto';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, LegalHold, LegalHoldStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import { RecordingRemoval } from './recording-removal.service.js';
import { placeHoldSchema, type PlaceHold } from './removal.schema.js';

/** Legal holds: what is held stays, whatever deletion, retention and erasure say. */
@Controller('rcs/recordings/:id/holds')
@Authenticated(administeredContactCenter)
export class LegalHoldController {
  constructor(
    @Inject(storeTokens.legalHolds) private readonly holds: LegalHoldStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly removal: RecordingRemoval,
  ) {}

  @Get()
  async list(@CurrentUser() user: User, @Param('id') id: string) {
    await this.removal.find(administeredContactCenter(user), id);
    return { holds: ((await this.holds.of([id])).get(id) ?? []).map(holdView) };
  }

  @Post()
  @HttpCode(201)
  async place(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') recordingId: string,
    @ValidBody(placeHoldSchema) { reason, mediaId, until }: PlaceHold,
  ) {
    const { mediaFiles } = await this.removal.find(administeredContactCenter(user), recordingId);
    if (mediaId !== undefined && !mediaFiles.some(file => file.mediaId === mediaId)) {
      throw new RcsError('RCS_INVALID_VALUE', undefined, {
        publicDetail: `mediaId: the recording has no media file ${JSON.stringify(mediaId)}`,
      });
    }
    const hold: LegalHold = {
      id: randomUUID(),
      recordingId,
      ...(mediaId === undefined ? {} : { mediaId }),
      user: user.name,
      reason,
      time: new Date().toISOString(),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    };
    await this.record(request, user, 'hold-placed', hold, reason);
    await this.holds.place(hold);
    return holdView(hold);
  }

  /** Erasures that waited for it go on. */
  @Delete(':hold')
  @HttpCode(204)
  async release(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @Param('hold') holdId: string,
  ): Promise<void> {
    await this.removal.find(administeredContactCenter(user), id);
    const hold = (await this.holds.of([id])).get(id)?.find(one => one.id === holdId);
    if (hold === undefined) throw new RcsError('RCS_NOT_FOUND', undefined, { publicDetail: 'there is no such hold' });
    await this.record(request, user, 'hold-released', hold, hold.reason);
    await this.holds.release(id, holdId);
  }

  private async record(
    request: FastifyRequest,
    user: User,
    event: string,
    { recordingId, mediaId }: LegalHold,
    detail: string,
  ): Promise<void> {
    await this.audit.append({
      event,
      outcome: 'allowed',
      ...auditedRequest(request, user),
      recording: recordingId,
      ...(mediaId === undefined ? {} : { mediaFile: mediaId }),
      detail,
    });
  }
}

const holdView = ({ id, mediaId, user, reason, time, until }: LegalHold) => ({
  id,
  ...(mediaId === undefined ? {} : { mediaId }),
  user,
  reason,
  time,
  ...(until === undefined ? {} : { until }),
});
