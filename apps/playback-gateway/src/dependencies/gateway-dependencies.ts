import type { ConfigurationWith, connectRedis, LiveIdentity, ServiceContext } from '#platform';
import type { AuditLog, Store } from '#store';

export type GatewayConfiguration = ConfigurationWith<'internalTls' | 'redis' | 'store'>;
export type RedisConnection = ReturnType<typeof connectRedis>;

/** What the gateway is made of that comes from outside. */
export interface GatewayDependencies {
  readonly context: ServiceContext;
  readonly configuration: GatewayConfiguration;
  readonly store: Store;
  /** The store's audit log, vouched for by checkpoints. */
  readonly audit: AuditLog;
  /** Who this gateway is inside the cluster. */
  readonly identity: LiveIdentity;
  readonly redis: RedisConnection;
}
