import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { deadlineSignal, RcsError } from '#platform';
import type { AuditLog, RemovalStore, RemovedMedia, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { requireOperations } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import {
  pendingRemovalsSchema,
  retryRemovalSchema,
  type PendingRemovalsQuery,
  type RetryRemoval,
} from './removal.schema.js';
import { StoredFileRemoval } from './stored-file-removal.js';

/** An operator waits for the answer. */
const retryTimeoutMs = 20_000;

/** Stored files of removed recordings that are still there, for operations accounts. */
@Controller('api/v2/ops/removals')
@Authenticated(requireOperations)
export class PendingRemovalController {
  constructor(
    @Inject(storeTokens.removals) private readonly removals: RemovalStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly storedFiles: StoredFileRemoval,
  ) {}

  @Get()
  async list(@ValidQuery(pendingRemovalsSchema) { contactCenter, limit }: PendingRemovalsQuery) {
    const found = await this.removals.pendingMedia(contactCenter, limit);
    return { statusCode: 0, storedFiles: found.map(storedFileView) };
  }

  /** Tries the files of one recording again at once. */
  @Post()
  @HttpCode(200)
  async retry(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(retryRemovalSchema) { recordingId }: RetryRemoval,
  ) {
    if (!(await this.removals.hasPendingMedia(recordingId))) {
      throw new RcsError('RCS_NOT_FOUND', undefined, { publicDetail: 'no stored file of it is still to be removed' });
    }
    await this.audit.append({
      event: 'removal-retried',
      outcome: 'allowed',
      ...auditedRequest(request, user),
      recording: recordingId,
    });
    const isFinished = await this.storedFiles.retry(recordingId, request.id, deadlineSignal(retryTimeoutMs));
    return { statusCode: 0, isFinished };
  }
}

const storedFileView = ({ recordingId, mediaId, contactCenter, attempts, reason }: RemovedMedia) => ({
  recordingId,
  mediaId,
  contactCenter,
  attempts,
  ...(reason === undefined ? {} : { reason }),
});
