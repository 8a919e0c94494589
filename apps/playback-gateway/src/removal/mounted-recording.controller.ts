import { Controller, Delete, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { requireOperations } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidQuery } from '../http/valid-input.js';
import { MountedArchives, type MountsPage } from './mounted-archives.js';
import { isMountedFrom } from './mounted-recording.js';
import { RecordingRemoval } from './recording-removal.service.js';
import { mountsSchema, unmountSchema, type MountsQuery, type Unmount } from './removal.schema.js';

/** What is mounted, for operations accounts, who take recordings out again; the archives stay as they are. */
@Controller('api/v2/ops/contact-centers/:contactCenter/mounted-recordings')
@Authenticated(requireOperations)
export class MountedRecordingController {
  constructor(
    private readonly removal: RecordingRemoval,
    private readonly archives: MountedArchives,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  /** Which archives are mounted, and how many recordings of each, from a part of all recordings. */
  @Get()
  async mounts(
    @Param('contactCenter') contactCenter: string,
    @ValidQuery(mountsSchema) { after }: MountsQuery,
  ): Promise<MountsPage & { readonly statusCode: number }> {
    return { statusCode: 0, ...(await this.archives.of(contactCenter, after)) };
  }

  @Delete(':id')
  async unmount(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('contactCenter') contactCenter: string,
    @Param('id') recordingId: string,
    @ValidQuery(unmountSchema) archive: Unmount,
  ) {
    if (!isMountedFrom(await this.removal.find(contactCenter, recordingId), archive))
      throw new RcsError('RCS_RECORDING_NOT_FOUND', `${recordingId} is not mounted from ${archive.path}`);
    await this.audit.append({
      event: 'recording-unmounted',
      outcome: 'allowed',
      ...auditedRequest(request, user),
      contactCenter,
      recording: recordingId,
      detail: archive.path,
    });
    const order = { recordingId, contactCenter, kind: 'unmounted', reason: 'unmounted' } as const;
    await this.removal.remove({ ...order, user: user.name, time: new Date().toISOString() }, request.id, false);
    return { statusCode: 0 };
  }
}
