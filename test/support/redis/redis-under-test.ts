import { Redis } from 'ioredis';
import { connectRedis, createLogger, type RedisConnection, type RedisSettings } from '#platform';
import { RedisCluster } from './redis-cluster.js';
import { RedisServer } from './redis-server.js';

/** What must hold for one Redis holds for a cluster. A primary behind sentinels is one Redis to those who use it. */
export const redisLayouts = ['single', 'cluster'] as const;

/** A real Redis in one of the layouts, connected as services connect. */
export class RedisUnderTest {
  private readonly connections: RedisConnection[] = [];

  private constructor(
    private readonly servers: { stop(): Promise<void> },
    private readonly where: Pick<RedisSettings, 'kind' | 'url' | 'clusterNodes' | 'enableSsl'>,
    private readonly keyPrefix: string,
  ) {}

  static async start(layout: (typeof redisLayouts)[number], keyPrefix = 'rcs:'): Promise<RedisUnderTest> {
    if (layout === 'single') {
      const server = await RedisServer.start();
      return new RedisUnderTest(server, { url: server.url }, keyPrefix);
    }
    const cluster = await RedisCluster.start();
    const where = { kind: 'cluster' as const, clusterNodes: [...cluster.nodes], enableSsl: false };
    return new RedisUnderTest(cluster, where, keyPrefix);
  }

  /** Another connection, that of another process as it were. */
  async connect(): Promise<RedisConnection> {
    const bounds = { redisTrustedCA: true, connectTimeoutMs: 10_000, commandTimeoutMs: 10_000 };
    const settings = { ...this.where, ...bounds, keyPrefix: this.keyPrefix };
    const redis = connectRedis(settings, createLogger('test', 'test', 'silent'));
    this.connections.push(redis);
    await redis.ping();
    return redis;
  }

  async stop(): Promise<void> {
    for (const redis of this.connections) redis.disconnect();
    await this.servers.stop();
  }
}

/** The servers that have keys. */
export const keepers = (redis: RedisConnection): readonly Redis[] =>
  redis instanceof Redis ? [redis] : redis.nodes('master');

/** Deletes everything. */
export async function flush(redis: RedisConnection): Promise<void> {
  await Promise.all(keepers(redis).map(node => node.flushall()));
}

/** Names as Redis has them, the prefix included. @param pattern without the prefix */
export async function keysLike(redis: RedisConnection, pattern: string): Promise<readonly string[]> {
  const prefix = redis.options.keyPrefix ?? '';
  const found = await Promise.all(keepers(redis).map(node => node.keys(`${prefix}${pattern}`)));
  return found.flat();
}
