import type { ConnectionOptions } from 'node:tls';
import { Redis, type Cluster, type RedisOptions } from 'ioredis';
import { ConfigurationError } from './configuration/configuration-error.js';
import type { RedisConfiguration } from './configuration/configuration.schema.js';
import { describeError } from './errors/rcs-error.js';
import type { Logger } from './logging/logger.js';
import { BoundedCluster, keepNodesKnown, type BoundedClusterOptions } from './redis-cluster.js';

/** Redis in whichever layout: one, a primary that sentinels name, or a cluster. */
export type RedisConnection = Redis | Cluster;

/** A configuration as programs write it: what has a default may be left out. */
export type RedisSettings = Partial<Pick<RedisConfiguration, 'kind' | 'enableSsl'>> &
  Omit<RedisConfiguration, 'kind' | 'enableSsl'>;

const longestRetryMs = 3000;
const retryDelay = (attempt: number): number => Math.min(100 * 2 ** Math.min(attempt, 6), longestRetryMs);
/** A connection on which commands ran out of time, and nothing came for as many of their times, is given up. */
const silentCommands = 4;

/**
 * A Redis connection whose every command has a deadline and that reconnects by itself with a bounded back-off. It follows
 * the primary that the sentinels name, and the nodes of a cluster.
 * @param tls trust and identity, for rediss:// and enableSsl
 */
export function connectRedis(settings: RedisSettings, logger: Logger, tls: ConnectionOptions = {}): RedisConnection {
  const redis = connected(settings, { ...tls, minVersion: 'TLSv1.2' });
  redis.on('error', (error: Error & { readonly lastNodeError?: Error }) => {
    logger.warn({ error: describeError(error.lastNodeError ?? error) }, 'redis connection error');
  });
  redis.on('node error', (error: Error, node: string) => {
    logger.warn({ error: describeError(error), node }, 'redis connection error');
  });
  return redis;
}

/** A connection of its own for what comes by itself: it begins with `connect()`, and its commands have no deadline. */
export function redisSubscriber(redis: RedisConnection): RedisConnection {
  if (redis instanceof Redis) {
    const subscriber = redis.duplicate({ commandTimeout: undefined, lazyConnect: true });
    // It sends nothing, and would never learn by itself that nobody is there any more.
    redis.on('close', () => {
      if (subscriber.status === 'ready') subscriber.disconnect(true);
    });
    return subscriber;
  }
  return keepNodesKnown(redis.duplicate([], { lazyConnect: true }));
}

/** @throws Error when Redis, or one of the nodes of a cluster that have keys, does not answer. */
export async function pingRedis(redis: RedisConnection): Promise<void> {
  if (redis instanceof Redis) {
    await redis.ping();
    return;
  }
  if (redis.status !== 'ready') throw new Error(`the Redis Cluster is ${redis.status}`);
  await Promise.all(redis.nodes('master').map(node => node.ping()));
}

function connected(settings: RedisSettings, tls: ConnectionOptions): RedisConnection {
  switch (settings.kind) {
    case 'cluster':
      return clusterOf(settings, tls);
    case 'sentinel':
      return watchedPrimary(settings, tls);
    default: {
      const url = required(settings.url, 'redis.url');
      return new Redis(url, { ...oneRedis(settings), ...(url.startsWith('rediss:') ? { tls } : {}) });
    }
  }
}

function watchedPrimary(settings: RedisSettings, tls: ConnectionOptions): Redis {
  const { name, addresses, userName, password, enableSsl } = required(settings.sentinel, 'redis.sentinel');
  return new Redis({
    ...oneRedis(settings),
    name,
    sentinels: addresses.map(hostAndPort),
    ...(userName === undefined ? {} : { sentinelUsername: userName }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    sentinelRetryStrategy: retryDelay,
    sentinelCommandTimeout: settings.commandTimeoutMs,
    ...(enableSsl ? { sentinelTLS: tls } : {}),
    // By this name ioredis has TLS towards what sentinels name.
    ...(settings.enableSsl === false ? {} : { tls, enableTLSForSentinelMode: true }),
    // Its list of sentinels is the configuration's: what a sentinel says of others is not believed for good.
    updateSentinels: false,
    // A primary that hangs is left by socketTimeout. The detector of ioredis may end the connection for good where the
    // sentinels tell of another primary while it is being looked for.
    failoverDetector: false,
    // One that became a replica, and kept this connection, takes no writes.
    reconnectOnError: error => (error.message.startsWith('READONLY') ? 2 : false),
  });
}

function clusterOf(settings: RedisSettings, tls: ConnectionOptions): Cluster {
  const nodes = required(settings.clusterNodes, 'redis.clusterNodes').map(hostAndPort);
  const { keyPrefix, commandTimeoutMs } = settings;
  const options: BoundedClusterOptions = {
    keyPrefix,
    redisOptions: { ...ofEachConnection(settings), ...(settings.enableSsl === false ? {} : { tls }) },
    clusterRetryStrategy: retryDelay,
    slotsRefreshTimeout: settings.connectTimeoutMs,
    // Names stay names: certificates are checked against them, and every connection looks them up again.
    dnsLookup: (host, found) => found(null, host),
  };
  return keepNodesKnown(new BoundedCluster(nodes, options, commandTimeoutMs));
}

function oneRedis(settings: RedisSettings): RedisOptions {
  return {
    ...ofEachConnection(settings),
    keyPrefix: settings.keyPrefix,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    retryStrategy: retryDelay,
  };
}

function ofEachConnection(settings: RedisSettings) {
  return {
    ...(settings.userName === undefined ? {} : { username: settings.userName }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    connectTimeout: settings.connectTimeoutMs,
    commandTimeout: settings.commandTimeoutMs,
    // One that is gone without a word leaves its connections open for a quarter of an hour.
    socketTimeout: silentCommands * settings.commandTimeoutMs,
  };
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

function required<T>(value: T | undefined, option: string): T {
  if (value === undefined) throw new ConfigurationError(`option ${option}: required`);
  return value;
}
