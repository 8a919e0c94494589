import { Controller, Delete, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { requireOperations } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { refuseMounted } from './mounted-recording.js';
import { RecordingRemoval } from './recording-removal.service.js';

/** Deletion of recordings by operations accounts (Genesys Delete API). */
@Controller('api/v2/ops/contact-centers/:contactCenter/recordings')
@Authenticated(requireOperations)
export class OperatorRemovalController {
  constructor(
    private readonly removal: RecordingRemoval,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  /** 202 where the recording is gone, and a stored file of it is still to be removed. */
  @Delete(':id')
  async delete(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() user: User,
    @Param('contactCenter') contactCenter: string,
    @Param('id') recordingId: string,
  ) {
    refuseMounted(await this.removal.find(contactCenter, recordingId));
    await this.audit.append({
      event: 'recording-deleted',
      outcome: 'allowed',
      ...auditedRequest(request, user),
      contactCenter,
      recording: recordingId,
    });
    const order = { recordingId, contactCenter, kind: 'deleted', reason: 'deleted by an operator' } as const;
    const { isFinished } = await this.removal.remove(
      { ...order, user: user.name, time: new Date().toISOString() },
      request.id,
      true,
    );
    void reply.status(isFinished ? 200 : 202);
    return { statusCode: 0 };
  }
}
