import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WorkerAnnouncement, WorkerRegistration, WorkerRegistry } from '#contracts';
import { connectRedis, createLogger, type RedisConnection } from '#platform';
import { RedisServer } from '#test/redis/redis-server.js';
import { SignedRegistrations } from '#test/redis/signed-registrations.js';
import { Heartbeat } from './heartbeat.js';

describe(Heartbeat.name, () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let announcement: WorkerAnnouncement;
  let registry: WorkerRegistry;
  let logged = '';
  const logger = createLogger('test', 'test', 'info', { write: line => (logged += line) });

  beforeAll(async () => {
    server = await RedisServer.start();
    const settings = { redisTrustedCA: true, connectTimeoutMs: 2000, commandTimeoutMs: 2000, keyPrefix: '' };
    redis = connectRedis({ url: server.url, ...settings }, logger);
    const registrations = await SignedRegistrations.create();
    announcement = registrations.announcement(redis);
    registry = registrations.registry(redis);
  });
  beforeEach(async () => {
    logged = '';
    await redis.flushall();
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  let inFlight = 0;
  const registration = (): WorkerRegistration => ({
    instance: 'worker-1',
    url: 'https://127.0.0.1:7080',
    inFlight: inFlight++,
    version: '0.1.0',
  });

  async function until(condition: (workers: readonly WorkerRegistration[]) => boolean): Promise<void> {
    while (!condition(await registry.list()));
  }

  it('announces at once, again and again with the present load, and withdraws at the end', async () => {
    const heartbeat = new Heartbeat(announcement, registration, 5, logger);
    inFlight = 0;
    heartbeat.start();
    await until(([worker]) => worker !== undefined && worker.inFlight >= 3);
    await heartbeat.stop();
    expect(await registry.list()).toEqual([]);
    expect(logged).toBe('');
  });

  it('registers for the time of four beats, so that a worker that dies is forgotten', async () => {
    const heartbeat = new Heartbeat(announcement, registration, 10_000, logger);
    heartbeat.start();
    await until(workers => workers.length === 1);
    const left = await redis.pttl('worker:worker-1');
    expect(left).toBeGreaterThan(30_000);
    expect(left).toBeLessThanOrEqual(40_000);
    await heartbeat.stop();
  });

  it('is not registered any more by a beat that was on its way when it stopped', async () => {
    const heartbeat = new Heartbeat(announcement, registration, 10_000, logger);
    heartbeat.start();
    await heartbeat.stop();
    expect(await redis.keys('*')).toEqual([]);
  });

  it('goes on, and says so in the log, while the registry fails', async () => {
    await redis.set('workers', 'not a set');
    const heartbeat = new Heartbeat(announcement, registration, 5, logger);
    heartbeat.start();
    try {
      while (!logged.includes('heartbeat failed')) await nextTurn();
    } finally {
      await redis.del('workers');
    }
    await until(workers => workers.length === 1);
    await heartbeat.stop();
  });
});
