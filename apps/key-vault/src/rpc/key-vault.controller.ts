import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller, UseFilters } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
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
import { KeyUseAudit } from '../audit/key-use-audit.js';
import { BlockDecryptionService } from '../block-decryption/block-decryption.service.js';
import { RewrapService } from '../rewrap/rewrap.service.js';
import { StatusService } from '../status/status.service.js';
import { TransportKeys } from '../transport-keys/transport-keys.js';
import { UnwrapService } from '../unwrap/unwrap.service.js';
import { CallRunner } from './call-runner.js';
import { RpcErrorFilter } from './rpc-error.filter.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** The door of the vault for whoever opens something. Every call goes through the runner: caller, deadline, metric, log line. */
@Controller()
@UseFilters(RpcErrorFilter)
export class KeyVaultController {
  constructor(
    private readonly runner: CallRunner,
    private readonly audit: KeyUseAudit,
    private readonly statusService: StatusService,
    private readonly transportKeys: TransportKeys,
    private readonly unwrapService: UnwrapService,
    private readonly rewrapService: RewrapService,
    private readonly blocks: BlockDecryptionService,
  ) {}

  @GrpcMethod(keyVaultService, 'Status')
  status(_request: unknown, metadata: Metadata, call: Call): Promise<StatusReply> {
    return this.runner.run('Status', metadata, call, () => this.statusService.status());
  }

  @GrpcMethod(keyVaultService, 'AgreeTransportKey')
  agreeTransportKey(
    request: AgreeTransportKeyRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<AgreeTransportKeyReply> {
    return this.runner.run('AgreeTransportKey', metadata, call, async ({ caller }) => {
      const { id, jwe, expiresInMs } = await this.transportKeys.agree(request.workerPublicKey, caller);
      return { transportKeyId: id, jwe, expiresInMs };
    });
  }

  @GrpcMethod(keyVaultService, 'UnwrapSessionKey')
  unwrapSessionKey(request: UnwrapSessionKeyRequest, metadata: Metadata, call: Call): Promise<UnwrapSessionKeyReply> {
    return this.runner.run('UnwrapSessionKey', metadata, call, context => this.unwrapService.unwrap(request, context));
  }

  @GrpcMethod(keyVaultService, 'UnwrapSessionKeys')
  unwrapSessionKeys(
    request: UnwrapSessionKeysRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<UnwrapSessionKeysReply> {
    return this.runner.run('UnwrapSessionKeys', metadata, call, context =>
      this.unwrapService.unwrapAll(request, context),
    );
  }

  @GrpcMethod(keyVaultService, 'RewrapSessionKeys')
  rewrapSessionKeys(
    request: RewrapSessionKeysRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<RewrapSessionKeysReply> {
    return this.runner.run('RewrapSessionKeys', metadata, call, context => this.rewrapService.rewrap(request, context));
  }

  @GrpcMethod(keyVaultService, 'DecryptBlock')
  decryptBlock(request: DecryptBlockRequest, metadata: Metadata, call: Call): Promise<DecryptBlockReply> {
    return this.runner.run('DecryptBlock', metadata, call, context =>
      this.audit.of('decrypt-block', context, async use => {
        const { caller, signal } = context;
        const { reply, key } = await this.blocks.decrypt({ ...request, caller, signal });
        use.key = key;
        return reply;
      }),
    );
  }
}
