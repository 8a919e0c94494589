import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { ArchiveRewrapController } from './rpc/archive-rewrap.controller.js';
import { AuditWitnessController } from './rpc/audit-witness.controller.js';
import { KeyLifecycleController } from './rpc/key-lifecycle.controller.js';
import { KeyRemovalController } from './rpc/key-removal.controller.js';
import { KeyAssuranceController } from './rpc/key-assurance.controller.js';
import { KeyVaultController } from './rpc/key-vault.controller.js';
import type { RpcCallInterceptor } from './rpc/rpc-call.interceptor.js';
import { RpcErrorFilter } from './rpc/rpc-error.filter.js';

/** The gRPC side of the vault. Every call of every controller passes the interceptor, and every error the filter. */
@Module({})
export class KeyVaultModule {
  /** @param services what the controllers ask for, each known by its class. */
  static of(services: readonly object[], interceptor: RpcCallInterceptor): DynamicModule {
    return {
      module: KeyVaultModule,
      controllers: [
        KeyVaultController,
        KeyLifecycleController,
        KeyRemovalController,
        KeyAssuranceController,
        AuditWitnessController,
        ArchiveRewrapController,
      ],
      providers: [
        ...services.map(service => ({ provide: service.constructor, useValue: service })),
        { provide: APP_INTERCEPTOR, useValue: interceptor },
        { provide: APP_FILTER, useClass: RpcErrorFilter },
      ],
    };
  }
}
