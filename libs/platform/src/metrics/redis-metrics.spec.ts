import { once } from 'node:events';
import { Registry } from 'prom-client';
import { RedisServer } from '#test/redis/redis-server.js';
import { createLogger } from '../logging/logger.js';
import { connectRedis } from '../redis-connection.js';
import { RedisMetrics } from './redis-metrics.js';

jest.setTimeout(60_000);

describe(RedisMetrics.name, () => {
  let server: RedisServer;
  let registry: Registry;

  beforeEach(async () => {
    server = await RedisServer.start();
    registry = new Registry();
  });
  afterEach(() => server.stop());

  const connect = () =>
    connectRedis(
      { url: server.url, redisTrustedCA: true, connectTimeoutMs: 20_000, commandTimeoutMs: 20_000, keyPrefix: 'rcs:' },
      createLogger('test', 'test', 'silent'),
    );
  const lines = async () => (await registry.metrics()).split('\n');

  it('measures commands by name and outcome, those of a transaction as well', async () => {
    const redis = connect();
    const stop = new RedisMetrics(registry).observe(redis);
    await redis.set('a', 'text');
    await redis.get('a');
    await redis.multi().set('b', '1').get('b').exec();
    await expect(redis.incr('a')).rejects.toThrow('not an integer');
    stop();
    await redis.get('a');
    redis.disconnect();
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'rcs_redis_command_seconds_count{command="set",outcome="ok"} 2',
        'rcs_redis_command_seconds_count{command="get",outcome="ok"} 2',
        'rcs_redis_command_seconds_count{command="exec",outcome="ok"} 1',
        'rcs_redis_command_seconds_count{command="incr",outcome="failed"} 1',
      ]),
    );
  });

  it('says whether the connection stands', async () => {
    const redis = connect();
    const stop = new RedisMetrics(registry).observe(redis);
    await redis.ping();
    expect(await lines()).toContain('rcs_redis_connected 1');
    const ended = once(redis, 'end');
    redis.disconnect();
    await ended;
    expect(await lines()).toContain('rcs_redis_connected 0');
    stop();
  });
});
