import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller, UseFilters } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  keyVaultService,
  type AgreeTransportKeyReply,
  type AgreeTransportKeyRequest,
  type GetImportKeyReply,
  type ImportKeyReply,
  type ImportKeyRequest,
  type KeyVaultCall,
  type ListKeysReply,
  type ListKeysRequest,
  type StatusReply,
  type UnwrapSessionKeyReply,
  type UnwrapSessionKeyRequest,
} from '#contracts';
import { KeyImportService } from '../import/key-import.service.js';
import { StatusService } from '../status/status.service.js';
import { KeyStore } from '../token/key-store.js';
import { TransportKeys } from '../transport-keys/transport-keys.js';
import { UnwrapService } from '../unwrap/unwrap.service.js';
import { CallRunner, type CallContext } from './call-runner.js';
import { RpcErrorFilter } from './rpc-error.filter.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** The door of the vault. Every call goes through the runner: caller, deadline, metric, log line. */
@Controller()
@UseFilters(RpcErrorFilter)
export class KeyVaultController {
  constructor(
    private readonly runner: CallRunner,
    private readonly statusService: StatusService,
    private readonly transportKeys: TransportKeys,
    private readonly unwrapService: UnwrapService,
    private readonly importService: KeyImportService,
    private readonly keys: KeyStore,
  ) {}

  @GrpcMethod(keyVaultService, 'Status')
  status(_request: unknown, metadata: Metadata, call: Call): Promise<StatusReply> {
    return this.run('Status', metadata, call, () => this.statusService.status());
  }

  @GrpcMethod(keyVaultService, 'AgreeTransportKey')
  agreeTransportKey(
    request: AgreeTransportKeyRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<AgreeTransportKeyReply> {
    return this.run('AgreeTransportKey', metadata, call, async ({ caller }) => {
      const { id, jwe, expiresInMs } = await this.transportKeys.agree(request.workerPublicKey, caller);
      return { transportKeyId: id, jwe, expiresInMs };
    });
  }

  @GrpcMethod(keyVaultService, 'UnwrapSessionKey')
  unwrapSessionKey(request: UnwrapSessionKeyRequest, metadata: Metadata, call: Call): Promise<UnwrapSessionKeyReply> {
    return this.run('UnwrapSessionKey', metadata, call, context =>
      this.unwrapService.unwrap({ ...request, envelope: Buffer.from(request.envelope), ...context }),
    );
  }

  @GrpcMethod(keyVaultService, 'GetImportKey')
  getImportKey(_request: unknown, metadata: Metadata, call: Call): Promise<GetImportKeyReply> {
    return this.run('GetImportKey', metadata, call, () => ({ publicKey: this.importService.publicKey }));
  }

  @GrpcMethod(keyVaultService, 'ImportKey')
  importKey(request: ImportKeyRequest, metadata: Metadata, call: Call): Promise<ImportKeyReply> {
    return this.run('ImportKey', metadata, call, ({ signal }) => this.importService.import(request, signal));
  }

  @GrpcMethod(keyVaultService, 'ListKeys')
  listKeys(request: ListKeysRequest, metadata: Metadata, call: Call): Promise<ListKeysReply> {
    return this.run('ListKeys', metadata, call, async ({ signal }) => {
      const keys = await this.keys.list(signal);
      return { keys: keys.filter(key => request.contactCenter === '' || key.contactCenter === request.contactCenter) };
    });
  }

  private run<T>(
    name: KeyVaultCall,
    metadata: Metadata,
    call: Call,
    work: (context: CallContext) => Promise<T> | T,
  ): Promise<T> {
    return this.runner.run(name, metadata, call, work);
  }
}
