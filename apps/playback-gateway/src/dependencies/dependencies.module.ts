import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CertificateExpiry, LiveIdentity, Readiness } from '#platform';
import type { GatewayDependencies } from './gateway-dependencies.js';
import {
  CONFIGURATION,
  KEY_MANAGER_SETTINGS,
  LOGGER,
  METRICS_REGISTRY,
  REDIS,
  SERVER_SETTINGS,
  SERVICE_CONTEXT,
  storeTokens,
} from './injection-tokens.js';

/** Makes known to every module what the program was started with. */
@Global()
@Module({})
export class DependenciesModule {
  static forRoot({ context, configuration, store, audit, identity, redis }: GatewayDependencies): DynamicModule {
    const providers: (Provider & { provide: unknown })[] = [
      { provide: SERVICE_CONTEXT, useValue: context },
      { provide: CONFIGURATION, useValue: configuration },
      { provide: SERVER_SETTINGS, useValue: configuration.serverSettings },
      { provide: KEY_MANAGER_SETTINGS, useValue: configuration.localKeyManager },
      { provide: METRICS_REGISTRY, useValue: context.metrics },
      { provide: CertificateExpiry, useValue: context.certificates },
      { provide: Readiness, useValue: context.readiness },
      { provide: LOGGER, useValue: context.logger },
      { provide: REDIS, useValue: redis },
      { provide: LiveIdentity, useValue: identity },
      { provide: storeTokens.recordings, useValue: store.recordings },
      { provide: storeTokens.users, useValue: store.users },
      { provide: storeTokens.contactCenters, useValue: store.contactCenters },
      { provide: storeTokens.certificates, useValue: store.certificates },
      { provide: storeTokens.rewraps, useValue: store.rewraps },
      { provide: storeTokens.mediaIndex, useValue: store.mediaIndex },
      { provide: storeTokens.localKeyManager, useValue: store.localKeyManager },
      { provide: storeTokens.audit, useValue: audit },
    ];
    return { module: DependenciesModule, providers, exports: providers.map(({ provide }) => provide as symbol) };
  }
}
