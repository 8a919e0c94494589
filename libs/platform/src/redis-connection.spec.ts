import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { RedisCluster } from '#test/redis/redis-cluster.js';
import { ServerIdentity, services } from '#test/redis/secured-cluster.js';
import { sentinelPassword, WatchedRedis, watchedName } from '#test/redis/watched-redis.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { createLogger } from './logging/logger.js';
import {
  connectRedis,
  pingRedis,
  redisSubscriber,
  type RedisConnection,
  type RedisSettings,
} from './redis-connection.js';

jest.setTimeout(120_000);

const bounds = { redisTrustedCA: true, connectTimeoutMs: 5000, commandTimeoutMs: 2000, keyPrefix: 'rcs:' };

/** Servers that speak TLS alone and know users; services may do what docs/redis.md allows them. */
describe.each(['sentinel', 'cluster'] as const)('Redis by %s, with TLS and users', kind => {
  const opened: RedisConnection[] = [];
  let identity: ServerIdentity;
  let servers: WatchedRedis | RedisCluster;
  let logged = '';

  beforeAll(async () => {
    identity = ServerIdentity.create();
    servers =
      kind === 'cluster' ? await RedisCluster.start(0, identity.options) : await WatchedRedis.start(identity.options);
  });
  beforeEach(() => (logged = ''));
  afterEach(() => opened.splice(0).forEach(redis => redis.disconnect()));
  afterAll(async () => {
    await servers?.stop();
    identity?.remove();
  });

  function connect(other: Partial<RedisSettings> = {}, ca: string | undefined = readFileSync(identity.caFile, 'utf8')) {
    const where =
      servers instanceof RedisCluster
        ? { clusterNodes: [...servers.nodes] }
        : {
            sentinel: {
              name: watchedName,
              addresses: [...servers.sentinels],
              password: sentinelPassword,
              enableSsl: true,
            },
          };
    const settings = { ...bounds, ...where, kind, userName: services.name, password: services.password, ...other };
    const logger = createLogger('test', 'test', 'info', { write: line => (logged += line) });
    const redis = connectRedis(settings, logger, ca === undefined ? {} : { ca });
    opened.push(redis);
    return redis;
  }

  it('keeps what is kept, wherever its place is, and tells who listens', async () => {
    const redis = connect();
    const keys = Array.from({ length: 20 }, (_, number) => `session:${number}`);
    await Promise.all(keys.map(key => redis.set(key, key, 'EX', 60)));
    expect(await Promise.all(keys.map(key => redis.get(key)))).toEqual(keys);
    await pingRedis(redis);
    const subscriber = redisSubscriber(redis);
    opened.push(subscriber);
    const heard: string[] = [];
    await subscriber.connect();
    await subscriber.subscribe('rcs:events');
    subscriber.on('message', (_channel: string, text: string) => heard.push(text));
    await redis.publish('rcs:events', 'changed');
    await waitFor('the message', () => heard.length > 0);
    expect(heard).toEqual(['changed']);
    expect(logged).toBe('');
  });

  it('lets services do nothing else', async () => {
    const redis = connect({ keyPrefix: 'other:' });
    await expect(redis.set('a', '1')).rejects.toThrow(/NOPERM|No permissions/);
    await expect(connect().call('FLUSHALL', 'SYNC')).rejects.toThrow(/NOPERM|permission/);
  });
});

describe('a Redis Cluster that is away', () => {
  it('keeps no process from ending that has left it while it was asked for its nodes', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const cluster = await RedisCluster.start();
    const where = { kind: 'cluster' as const, enableSsl: false, clusterNodes: [...cluster.nodes] };
    const before = timers();
    const redis = connectRedis({ ...bounds, ...where }, createLogger('test', 'test', 'silent'));
    try {
      await redis.set('a', '1');
      // Nobody answers the question that comes every two seconds.
      for (const server of cluster.servers) server.signal('SIGSTOP');
      await setTimeout(2500);
      redis.disconnect();
      await setTimeout(5000);
      expect(timers()).toBeLessThanOrEqual(before);
    } finally {
      redis.disconnect();
      for (const server of cluster.servers) server.signal('SIGCONT');
      await cluster.stop();
    }
  });

  it('answers nobody, within the time of one command', async () => {
    const cluster = await RedisCluster.start();
    const where = { kind: 'cluster' as const, enableSsl: false, clusterNodes: [...cluster.nodes] };
    const redis = connectRedis({ ...bounds, ...where }, createLogger('test', 'test', 'silent'));
    try {
      await redis.set('a', '1');
      await cluster.stop();
      const began = performance.now();
      const all = await Promise.allSettled(Array.from({ length: 100 }, () => redis.get('a')));
      expect(all.filter(({ status }) => status === 'fulfilled')).toEqual([]);
      // One after the other would take a hundred times as long.
      expect(performance.now() - began).toBeLessThan(15_000);
      await expect(pingRedis(redis)).rejects.toThrow();
    } finally {
      redis.disconnect();
      await cluster.stop();
    }
  });
});
