import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import {
  keyVaultService,
  type CheckArchiveRecipientRequest,
  type RewrapForArchiveReply,
  type RewrapForArchiveRequest,
} from '#contracts';
import type { CallContext } from '../callers/call-context.js';
import { ArchiveRewrapService } from '../session-keys/archive-rewrap.service.js';
import { CurrentCall } from './current-call.js';

/** Session keys for the recipients of archives. */
@Controller()
export class ArchiveRewrapController {
  constructor(private readonly rewraps: ArchiveRewrapService) {}

  @GrpcMethod(keyVaultService, 'CheckArchiveRecipient')
  checkArchiveRecipient(@Payload() request: CheckArchiveRecipientRequest): object {
    return this.rewraps.check(request);
  }

  @GrpcMethod(keyVaultService, 'RewrapForArchive')
  rewrapForArchive(
    @Payload() request: RewrapForArchiveRequest,
    @CurrentCall() context: CallContext,
  ): Promise<RewrapForArchiveReply> {
    return this.rewraps.rewrap(request, context);
  }
}
