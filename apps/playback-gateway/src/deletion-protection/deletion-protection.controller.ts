import { Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuditLog, DeletionProtectionStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { ReadableRecordings } from '../authorisation/readable-recordings.js';
import { contactCenterOf, requireRecordingPrivilege } from '../authorisation/require-recording-privilege.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';

export const recordingOperationSchema = z.strictObject({
  operationName: z.enum(['applyNonDelete', 'unapplyNonDelete']),
});

const operations = {
  applyNonDelete: { require: requireRecordingPrivilege('apply-non-delete'), event: 'recording-protected' },
  unapplyNonDelete: { require: requireRecordingPrivilege('unapply-non-delete'), event: 'recording-released' },
} as const;

/** Protection of recordings from deletion (Genesys Non-Deletion API); it covers all media files of the recording. */
@Controller('api/v2/recordings')
@Authenticated(contactCenterOf)
export class DeletionProtectionController {
  constructor(
    @Inject(storeTokens.deletionProtection) private readonly protections: DeletionProtectionStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly readable: ReadableRecordings,
  ) {}

  /** As well where it is protected, or not, already. */
  @Post(':id')
  @HttpCode(200)
  async operate(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @ValidBody(recordingOperationSchema) { operationName }: z.output<typeof recordingOperationSchema>,
  ) {
    const { require, event } = operations[operationName];
    require(user);
    await this.readable.find(user, id);
    await this.audit.append({
      event,
      outcome: 'allowed',
      ...auditedRequest(request, user),
      recording: id,
    });
    if (operationName === 'unapplyNonDelete') await this.protections.release(id);
    else await this.protections.apply(id, { user: user.name, time: new Date().toISOString() });
    return { statusCode: 0 };
  }
}
