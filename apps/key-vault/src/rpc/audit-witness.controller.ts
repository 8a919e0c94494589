import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import {
  keyVaultService,
  type CountersignAuditCheckpointReply,
  type CountersignAuditCheckpointRequest,
  type SealArchiveReply,
  type SealArchiveRequest,
} from '#contracts';
import type { CallContext } from '../callers/call-context.js';
import { ArchiveSeals } from '../witness/archive-seals.js';
import { AuditWitness } from '../witness/audit-witness.js';
import { CurrentCall } from './current-call.js';

/** What a vault vouches for beside keys. */
@Controller()
export class AuditWitnessController {
  constructor(
    private readonly witness: AuditWitness,
    private readonly archives: ArchiveSeals,
  ) {}

  @GrpcMethod(keyVaultService, 'CountersignAuditCheckpoint')
  countersignAuditCheckpoint(
    @Payload() request: CountersignAuditCheckpointRequest,
    @CurrentCall() context: CallContext,
  ): Promise<CountersignAuditCheckpointReply> {
    return this.witness.countersign(request, context);
  }

  @GrpcMethod(keyVaultService, 'SealArchive')
  sealArchive(@Payload() request: SealArchiveRequest, @CurrentCall() context: CallContext): Promise<SealArchiveReply> {
    return this.archives.seal(request, context);
  }
}
