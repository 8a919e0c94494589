import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller, UseFilters } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  keyVaultService,
  type DestroyKeyReply,
  type DestroyKeyRequest,
  type DisableKeyRequest,
  type EnableKeyRequest,
  type KeyReply,
  type WatchDisabledKeysReply,
  type WatchDisabledKeysRequest,
} from '#contracts';
import { KeyUseAudit } from '../audit/key-use-audit.js';
import { KeyRemovalService } from '../key-removal/key-removal.service.js';
import { KeyStore } from '../token/key-store.js';
import { CallRunner } from './call-runner.js';
import { RpcErrorFilter } from './rpc-error.filter.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** A watcher asks again after this time, so that no call is open for ever. */
const longestWatchMs = 20_000;

/** How keys end, and who hears of it. */
@Controller()
@UseFilters(RpcErrorFilter)
export class KeyRemovalController {
  constructor(
    private readonly runner: CallRunner,
    private readonly audit: KeyUseAudit,
    private readonly removals: KeyRemovalService,
    private readonly keys: KeyStore,
  ) {}

  @GrpcMethod(keyVaultService, 'DisableKey')
  disableKey(request: DisableKeyRequest, metadata: Metadata, call: Call): Promise<KeyReply> {
    return this.runner.run('DisableKey', metadata, call, context =>
      this.audit.of('disable', context, use => this.removals.disable(request, context, use)),
    );
  }

  @GrpcMethod(keyVaultService, 'EnableKey')
  enableKey(request: EnableKeyRequest, metadata: Metadata, call: Call): Promise<KeyReply> {
    return this.runner.run('EnableKey', metadata, call, context =>
      this.audit.of('enable', context, use => this.removals.enable(request, context, use)),
    );
  }

  @GrpcMethod(keyVaultService, 'DestroyKey')
  destroyKey(request: DestroyKeyRequest, metadata: Metadata, call: Call): Promise<DestroyKeyReply> {
    return this.runner.run('DestroyKey', metadata, call, context =>
      this.audit.of('destroy', context, use => this.removals.destroy(request, context, use)),
    );
  }

  @GrpcMethod(keyVaultService, 'WatchDisabledKeys')
  watchDisabledKeys(
    { revision }: WatchDisabledKeysRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<WatchDisabledKeysReply> {
    return this.runner.run('WatchDisabledKeys', metadata, call, async ({ signal }) => {
      const enough = AbortSignal.any([signal, AbortSignal.timeout(longestWatchMs)]);
      const list = await this.keys.disabled.next(revision, enough);
      return {
        revision: list.revision,
        keys: list.keys.map(({ contactCenter, keyIdentifier }) => ({ contactCenter, keyIdentifier })),
      };
    });
  }
}
