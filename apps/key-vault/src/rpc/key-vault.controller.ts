import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import {
  keyVaultService,
  type AgreeTransportKeyReply,
  type AgreeTransportKeyRequest,
  type DecryptBlockReply,
  type DecryptBlockRequest,
  type RewrapSessionKeysReply,
  type RewrapSessionKeysRequest,
  type StatusReply,
  type UnwrapSessionKeyReply,
  type UnwrapSessionKeyRequest,
  type UnwrapSessionKeysReply,
  type UnwrapSessionKeysRequest,
} from '#contracts';
import type { CallContext } from '../callers/call-context.js';
import { KeyUseAudit } from '../callers/key-use-audit.js';
import { BlockDecryptionService } from '../session-keys/block-decryption.service.js';
import { RewrapService } from '../session-keys/rewrap.service.js';
import { StatusService } from '../operations/status.service.js';
import { TransportKeys } from '../session-keys/transport-keys.js';
import { UnwrapService } from '../session-keys/unwrap.service.js';
import { CurrentCall } from './current-call.js';

/** What opens envelopes and blocks, and the state of the vault. */
@Controller()
export class KeyVaultController {
  constructor(
    private readonly audit: KeyUseAudit,
    private readonly statusService: StatusService,
    private readonly transportKeys: TransportKeys,
    private readonly unwrapService: UnwrapService,
    private readonly rewrapService: RewrapService,
    private readonly blocks: BlockDecryptionService,
  ) {}

  @GrpcMethod(keyVaultService, 'Status')
  status(): StatusReply {
    return this.statusService.status();
  }

  @GrpcMethod(keyVaultService, 'AgreeTransportKey')
  async agreeTransportKey(
    @Payload() request: AgreeTransportKeyRequest,
    @CurrentCall() { caller }: CallContext,
  ): Promise<AgreeTransportKeyReply> {
    const { id, jwe, expiresInMs } = await this.transportKeys.agree(request.workerPublicKey, caller);
    return { transportKeyId: id, jwe, expiresInMs };
  }

  @GrpcMethod(keyVaultService, 'UnwrapSessionKey')
  unwrapSessionKey(
    @Payload() request: UnwrapSessionKeyRequest,
    @CurrentCall() context: CallContext,
  ): Promise<UnwrapSessionKeyReply> {
    return this.unwrapService.unwrap(request, context);
  }

  @GrpcMethod(keyVaultService, 'UnwrapSessionKeys')
  unwrapSessionKeys(
    @Payload() request: UnwrapSessionKeysRequest,
    @CurrentCall() context: CallContext,
  ): Promise<UnwrapSessionKeysReply> {
    return this.unwrapService.unwrapAll(request, context);
  }

  @GrpcMethod(keyVaultService, 'RewrapSessionKeys')
  rewrapSessionKeys(
    @Payload() request: RewrapSessionKeysRequest,
    @CurrentCall() context: CallContext,
  ): Promise<RewrapSessionKeysReply> {
    return this.rewrapService.rewrap(request, context);
  }

  @GrpcMethod(keyVaultService, 'DecryptBlock')
  decryptBlock(
    @Payload() request: DecryptBlockRequest,
    @CurrentCall() context: CallContext,
  ): Promise<DecryptBlockReply> {
    const { caller, signal } = context;
    return this.audit.of('decrypt-block', context, use => this.blocks.decrypt({ ...request, caller, signal }, use));
  }
}
