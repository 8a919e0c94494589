import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, HandOver, HandOverStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { requireOperations } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import {
  handOverOperationSchema,
  handOverPageSchema,
  type HandOverOperation,
  type HandOverPage,
} from './hand-over.schema.js';

/** Metadata that no interaction receiver took, for operations accounts. */
@Controller('api/v2/ops/hand-overs')
@Authenticated(requireOperations)
export class HandOverController {
  constructor(
    @Inject(storeTokens.handOvers) private readonly queue: HandOverStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Get()
  async list(@ValidQuery(handOverPageSchema) { state, limit, afterRecording, afterReceiver }: HandOverPage) {
    const after =
      afterRecording === undefined || afterReceiver === undefined
        ? {}
        : { after: { recordingId: afterRecording, receiver: afterReceiver } };
    const found = await this.queue.list({ state, limit, ...after });
    return { statusCode: 0, handOvers: found.map(handOverView) };
  }

  /** Has one tried again at once, or forgets it. */
  @Post()
  @HttpCode(200)
  async operate(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(handOverOperationSchema) { operationName, recordingId, receiver }: HandOverOperation,
  ) {
    await this.audit.append({
      event: operationName === 'retry' ? 'hand-over-retried' : 'hand-over-discarded',
      outcome: 'allowed',
      ...auditedRequest(request, user),
      recording: recordingId,
      detail: receiver,
    });
    if (await this.queue[operationName]({ recordingId, receiver })) return { statusCode: 0 };
    throw new RcsError('RCS_NOT_FOUND', undefined, { publicDetail: 'no such hand-over was given up' });
  }
}

const handOverView = ({ recordingId, receiver, contactCenter, state, attempts, nextAttempt, reason }: HandOver) => ({
  recordingId,
  receiver,
  contactCenter,
  state,
  attempts,
  ...(state === 'waiting' && nextAttempt > 0 ? { nextAttempt: new Date(nextAttempt).toISOString() } : {}),
  ...(reason === undefined ? {} : { reason }),
});
