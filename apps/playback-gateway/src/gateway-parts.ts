import type { ConfigurationWith, connectRedis, ServiceContext } from '#platform';
import type { Store } from '#store';

export type GatewayConfiguration = ConfigurationWith<'internalTls' | 'redis' | 'store'>;
export type RedisConnection = ReturnType<typeof connectRedis>;

/** What the wiring needs from outside. */
export interface GatewayParts {
  readonly context: ServiceContext;
  readonly configuration: GatewayConfiguration;
  readonly store: Store;
}
