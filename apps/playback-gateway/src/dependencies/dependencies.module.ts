import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CertificateExpiry, LiveIdentity, Readiness, WatchedSockets } from '#platform';
import type { GatewayDependencies } from './gateway-dependencies.js';
import {
  AUDIT_VOUCHING,
  CONFIGURATION,
  KEY_MANAGER_SETTINGS,
  LOGGER,
  METRICS_REGISTRY,
  OWN_WORKER,
  REDIS,
  SERVER_SETTINGS,
  SERVICE_CONTEXT,
  storeTokens,
} from './injection-tokens.js';

const storedThings = Object.keys(storeTokens) as (keyof typeof storeTokens)[];

/** Makes known to every module what the program was started with. */
@Global()
@Module({})
export class DependenciesModule {
  static forRoot({
    context,
    configuration,
    store,
    checkpoints,
    identity,
    sockets,
    redis,
    ownWorker,
  }: GatewayDependencies): DynamicModule {
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
      { provide: OWN_WORKER, useValue: ownWorker },
      { provide: LiveIdentity, useValue: identity },
      { provide: WatchedSockets, useValue: sockets },
      ...storedThings.map(name => ({ provide: storeTokens[name], useValue: store[name] })),
      { provide: AUDIT_VOUCHING, useValue: checkpoints },
    ];
    return { module: DependenciesModule, providers, exports: providers.map(({ provide }) => provide as symbol) };
  }
}
