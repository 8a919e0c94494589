import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
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
import type { CallContext } from '../callers/call-context.js';
import { KeyUseAudit } from '../callers/key-use-audit.js';
import { KeyRemovalService } from '../key-removal/key-removal.service.js';
import { KeyStore } from '../token/key-store.js';
import { CurrentCall } from './current-call.js';

/** A watcher asks again after this time, so that no call stays open without end. */
const longestWatchMs = 20_000;

/** How keys end, and who hears of it. */
@Controller()
export class KeyRemovalController {
  constructor(
    private readonly audit: KeyUseAudit,
    private readonly removals: KeyRemovalService,
    private readonly keys: KeyStore,
  ) {}

  @GrpcMethod(keyVaultService, 'DisableKey')
  disableKey(@Payload() request: DisableKeyRequest, @CurrentCall() context: CallContext): Promise<KeyReply> {
    return this.audit.of('disable', context, use => this.removals.disable(request, context, use));
  }

  @GrpcMethod(keyVaultService, 'EnableKey')
  enableKey(@Payload() request: EnableKeyRequest, @CurrentCall() context: CallContext): Promise<KeyReply> {
    return this.audit.of('enable', context, use => this.removals.enable(request, context, use));
  }

  @GrpcMethod(keyVaultService, 'DestroyKey')
  destroyKey(@Payload() request: DestroyKeyRequest, @CurrentCall() context: CallContext): Promise<DestroyKeyReply> {
    return this.audit.of('destroy', context, use => this.removals.destroy(request, context, use));
  }

  @GrpcMethod(keyVaultService, 'WatchDisabledKeys')
  async watchDisabledKeys(
    @Payload() { revision }: WatchDisabledKeysRequest,
    @CurrentCall() { signal }: CallContext,
  ): Promise<WatchDisabledKeysReply> {
    const enough = AbortSignal.any([signal, AbortSignal.timeout(longestWatchMs)]);
    const list = await this.keys.disabled.next(revision, enough);
    return {
      revision: list.revision,
      keys: list.keys.map(({ contactCenter, keyIdentifier }) => ({ contactCenter, keyIdentifier })),
    };
  }
}
