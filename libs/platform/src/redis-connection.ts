import type { ConnectionOptions } from 'node:tls';
import { Redis } from 'ioredis';
import type { RedisConfiguration } from './configuration/configuration.schema.js';
import { describeError } from './errors/rcs-error.js';
import type { Logger } from './logging/logger.js';

/**
 * A Redis connection whose every command has a deadline and that reconnects by itself with a bounded back-off.
 * @param tls trust and identity, for rediss://
 */
export function connectRedis(configuration: RedisConfiguration, logger: Logger, tls: ConnectionOptions = {}): Redis {
  const redis = new Redis(configuration.url, {
    ...(configuration.userName === undefined ? {} : { username: configuration.userName }),
    ...(configuration.password === undefined ? {} : { password: configuration.password }),
    ...(configuration.url.startsWith('rediss:') ? { tls: { ...tls, minVersion: 'TLSv1.2' as const } } : {}),
    connectTimeout: configuration.connectTimeoutMs,
    commandTimeout: configuration.commandTimeoutMs,
    keyPrefix: configuration.keyPrefix,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    retryStrategy: attempt => Math.min(100 * 2 ** Math.min(attempt, 6), 3000),
  });
  redis.on('error', error => logger.warn({ error: describeError(error) }, 'redis connection error'));
  return redis;
}
