import type { ConfigurationWith, connectRedis, ServiceContext } from '#platform';
import type { AuditLog, Store } from '#store';

export type GatewayConfiguration = ConfigurationWith<'internalTls' | 'redis' | 'store'>;
export type RedisConnection = ReturnType<typeof connectRedis>;

/** What the wiring needs from outside. */
export interface GatewayParts {
  readonly context: ServiceContext;
  readonly configuration: GatewayConfiguration;
  readonly store: Store;
  /** The store's audit log, vouched for by checkpoints. */
  readonly audit: AuditLog;
}
