import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { connectRedis, createLogger } from '#platform';
import { RedisServer } from '#test/redis/redis-server.js';
import { WorkerRegistry, type WorkerRegistration } from './worker-registry.js';

const worker = (instance: string, inFlight = 0): WorkerRegistration => ({
  instance,
  url: `https://127.0.0.1/${instance}`,
  inFlight,
  version: '0.1.0',
});
const longTime = 60_000;

describe(WorkerRegistry.name, () => {
  let server: RedisServer;
  let redis: Redis;
  let registry: WorkerRegistry;

  beforeAll(async () => {
    server = await RedisServer.start();
    const settings = { redisTrustedCA: true, connectTimeoutMs: 2000, commandTimeoutMs: 2000, keyPrefix: 'rcs:' };
    redis = connectRedis({ url: server.url, ...settings }, createLogger('test', 'test', 'silent'));
    registry = new WorkerRegistry(redis);
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  const instances = async () => (await registry.list()).map(({ instance }) => instance).sort();

  it('lists nobody before anybody came', async () => {
    expect(await registry.list()).toEqual([]);
  });

  it('lists what the workers said of themselves last', async () => {
    await registry.announce(worker('a'), longTime);
    await registry.announce(worker('b', 3), longTime);
    await registry.announce(worker('a', 7), longTime);
    expect((await registry.list()).sort((x, y) => x.instance.localeCompare(y.instance))).toEqual([
      worker('a', 7),
      worker('b', 3),
    ]);
  });

  it('lists nobody who withdrew', async () => {
    await registry.announce(worker('a'), longTime);
    await registry.announce(worker('b'), longTime);
    await registry.withdraw('a');
    await registry.withdraw('never-there');
    expect(await instances()).toEqual(['b']);
    expect(await redis.exists('worker:a')).toBe(0);
  });

  it('forgets a worker whose heartbeats stopped, and clears it out of the index', async () => {
    await registry.announce(worker('a'), longTime);
    await registry.announce(worker('silent'), 1);
    while ((await redis.exists('worker:silent')) === 1);
    expect(await instances()).toEqual(['a']);
    expect(await redis.smembers('workers')).toEqual(['a']);
  });

  it('takes a worker back whose heartbeats resume', async () => {
    await registry.announce(worker('a'), 1);
    while ((await redis.exists('worker:a')) === 1);
    expect(await instances()).toEqual([]);
    await registry.announce(worker('a'), longTime);
    expect(await instances()).toEqual(['a']);
  });

  it('lets a registration live for the given time only', async () => {
    await registry.announce(worker('a'), longTime);
    const left = await redis.pttl('worker:a');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(longTime);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no URL', JSON.stringify({ ...worker('bad'), url: 'somewhere' })],
    ['a URL without TLS', JSON.stringify({ ...worker('bad'), url: 'http://127.0.0.1:7080' })],
    ['another scheme', JSON.stringify({ ...worker('bad'), url: 'file:///etc/passwd' })],
    ['a negative load', JSON.stringify({ ...worker('bad'), inFlight: -1 })],
    ['no instance', JSON.stringify({ ...worker('bad'), instance: '' })],
  ])('leaves out a registration that is %s, and lists the others', async (_, value) => {
    await registry.announce(worker('a'), longTime);
    await redis.sadd('workers', 'bad');
    await redis.set('worker:bad', value);
    expect(await instances()).toEqual(['a']);
  });

  it('reads what a newer worker adds', async () => {
    await redis.sadd('workers', 'newer');
    await redis.set('worker:newer', JSON.stringify({ ...worker('newer'), zone: 'east' }));
    expect(await instances()).toEqual(['newer']);
  });

  it('rejects when Redis refuses a part of the announcement', async () => {
    await redis.set('workers', 'not a set');
    await expect(registry.announce(worker('a'), longTime)).rejects.toThrow(/WRONGTYPE/);
    await expect(registry.withdraw('a')).rejects.toThrow(/WRONGTYPE/);
  });

  it('keeps everything below the prefix of the product', async () => {
    await registry.announce(worker('a'), longTime);
    const keys = (await redis.call('KEYS', '*')) as string[];
    expect(keys.sort()).toEqual(['rcs:worker:a', 'rcs:workers']);
  });

  it('rejects while Redis is away, and serves again when it is back', async () => {
    let other = await RedisServer.start();
    const settings = { redisTrustedCA: true, connectTimeoutMs: 1000, commandTimeoutMs: 1000, keyPrefix: '' };
    const connection = connectRedis({ url: other.url, ...settings }, createLogger('test', 'test', 'silent'));
    const lost = new WorkerRegistry(connection);
    try {
      await lost.announce(worker('a'), longTime);
      await other.stop();
      await expect(lost.list()).rejects.toThrow();
      // What is given up while Redis is away may reach it all the same.
      await expect(lost.announce(worker('b'), longTime)).rejects.toThrow();
      other = await RedisServer.start(other.port);
      while (connection.status !== 'ready') await once(connection, 'ready');
      await lost.announce(worker('b'), longTime);
      expect(await lost.list()).toEqual([worker('b')]);
    } finally {
      connection.disconnect();
      await other.stop();
    }
  });
});
