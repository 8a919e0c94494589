import { once } from 'node:events';
import { connectRedis, createLogger, type RedisConnection } from '#platform';
import { RedisServer } from '#test/redis/redis-server.js';
import { flush, keysLike, redisLayouts, RedisUnderTest } from '#test/redis/redis-under-test.js';
import { WorkerAnnouncement, WorkerRegistry, type WorkerRegistration } from './worker-registry.js';

const worker = (instance: string, inFlight = 0): WorkerRegistration => ({
  instance,
  url: `https://127.0.0.1/${instance}`,
  inFlight,
  version: '0.1.0',
});
const longTime = 60_000;
/** Signatures themselves are checked where they are made: libs/grants. */
const sign = (registration: WorkerRegistration): string => `signed ${JSON.stringify(registration)}`;
let verified = 0;
function read(signed: string): unknown {
  verified++;
  if (signed.startsWith('signed ')) return JSON.parse(signed.slice(7));
  throw new Error('no worker signed it');
}

describe.each(redisLayouts)(`${WorkerRegistry.name} (%s)`, layout => {
  let server: RedisUnderTest;
  let redis: RedisConnection;
  let announcement: WorkerAnnouncement;
  let registry: WorkerRegistry;
  let refused: string[] = [];

  beforeAll(async () => {
    server = await RedisUnderTest.start(layout);
    redis = await server.connect();
    announcement = new WorkerAnnouncement(redis, { sign });
  });
  beforeEach(async () => {
    refused = [];
    registry = new WorkerRegistry(redis, { read }, (instance, why) => refused.push(`${instance}: ${String(why)}`));
    await flush(redis);
  });
  afterAll(() => server.stop());

  const instances = async () => (await registry.list()).map(({ instance }) => instance).sort();

  it('lists nobody before anybody came', async () => {
    expect(await registry.list()).toEqual([]);
  });

  it.each([
    ['back', -3 * 3_600_000],
    ['forward', 3 * 3_600_000],
  ])('knows a worker before and after it signs anew when the clock was set %s', async (_where, milliseconds) => {
    const announcing = new WorkerAnnouncement(redis, { sign: said => JSON.stringify([Date.now(), said]) });
    const reading = new WorkerRegistry(
      redis,
      {
        read: signed => {
          const [at, said] = JSON.parse(signed) as [number, unknown];
          if (Math.abs(Date.now() - at) > longTime) throw new Error('it was signed at another time');
          return said;
        },
      },
      (instance, why) => refused.push(`${instance}: ${String(why)}`),
    );
    await announcing.announce(worker('a'), longTime);
    expect(await reading.list()).toEqual([worker('a')]);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + milliseconds);
    try {
      expect(await reading.list()).toEqual([worker('a')]);
      await announcing.announce(worker('a'), longTime);
      expect(await reading.list()).toEqual([worker('a')]);
      expect(refused).toEqual([]);
    } finally {
      clock.mockRestore();
    }
  });

  it('lists what the workers said of themselves last', async () => {
    await announcement.announce(worker('a'), longTime);
    await announcement.announce(worker('b', 3), longTime);
    await announcement.announce(worker('a', 7), longTime);
    expect((await registry.list()).sort((x, y) => x.instance.localeCompare(y.instance))).toEqual([
      worker('a', 7),
      worker('b', 3),
    ]);
  });

  it('lists nobody who withdrew', async () => {
    await announcement.announce(worker('a'), longTime);
    await announcement.announce(worker('b'), longTime);
    await announcement.withdraw('a');
    await announcement.withdraw('never-there');
    expect(await instances()).toEqual(['b']);
    expect(await redis.exists('worker:a')).toBe(0);
  });

  it('forgets a worker whose heartbeats stopped, and clears it out of the index', async () => {
    await announcement.announce(worker('a'), longTime);
    await announcement.announce(worker('silent'), 1);
    while ((await redis.exists('worker:silent')) === 1);
    expect(await instances()).toEqual(['a']);
    expect(await redis.smembers('workers')).toEqual(['a']);
  });

  it('takes a worker back whose heartbeats resume', async () => {
    await announcement.announce(worker('a'), 1);
    while ((await redis.exists('worker:a')) === 1);
    expect(await instances()).toEqual([]);
    await announcement.announce(worker('a'), longTime);
    expect(await instances()).toEqual(['a']);
  });

  it('lets a registration live for the given time only', async () => {
    await announcement.announce(worker('a'), longTime);
    const left = await redis.pttl('worker:a');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(longTime);
  });

  const signedAs = (content: object) =>
    JSON.stringify({ ...worker('bad'), signed: `signed ${JSON.stringify(content)}` });

  it.each([
    ['no JSON', 'nonsense'],
    ['null', 'null'],
    ['a list', '[]'],
    ['signed by nobody, as those of before', JSON.stringify(worker('bad'))],
    ['signed by somebody else', JSON.stringify({ ...worker('bad'), signed: JSON.stringify(worker('bad')) })],
    ['that of another worker', signedAs(worker('a'))],
    ['without a URL', signedAs({ ...worker('bad'), url: 'somewhere' })],
    ['without TLS', signedAs({ ...worker('bad'), url: 'http://127.0.0.1:7080' })],
    ['of another scheme', signedAs({ ...worker('bad'), url: 'file:///etc/passwd' })],
    ['of a negative load', signedAs({ ...worker('bad'), inFlight: -1 })],
    ['of no instance', signedAs({ ...worker('bad'), instance: '' })],
  ])('refuses a registration that is %s, says so once, and lists the others', async (_, value) => {
    await announcement.announce(worker('a'), longTime);
    await redis.sadd('workers', 'bad');
    await redis.set('worker:bad', value);
    expect(await instances()).toEqual(['a']);
    expect(await instances()).toEqual(['a']);
    expect(refused).toEqual([expect.stringMatching(/^bad: /)]);
  });

  it.each([
    ['nobody signed', JSON.stringify(worker('a'))],
    ['was signed by a clock that differs', JSON.stringify({ ...worker('a', 1), signed: 'at another time' })],
  ])('keeps a worker that it knows for half a minute when the next registration is one that %s', async (_, value) => {
    await announcement.announce(worker('a', 3), longTime);
    await registry.list();
    await redis.set('worker:a', value);
    expect(await registry.list()).toEqual([worker('a', 3)]);
    expect(await registry.list()).toEqual([worker('a', 3)]);
    expect(refused).toEqual([expect.stringMatching(/^a: /)]);
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 30_001);
    try {
      expect(await registry.list()).toEqual([]);
    } finally {
      clock.mockRestore();
    }
  });

  it('forgets a worker that it knows as soon as its registration is gone', async () => {
    await announcement.announce(worker('a', 3), longTime);
    await registry.list();
    await redis.set('worker:a', 'nonsense');
    expect(await instances()).toEqual(['a']);
    await redis.del('worker:a');
    expect(await instances()).toEqual([]);
  });

  it('believes what was signed, whatever stands beside it', async () => {
    await announcement.announce(worker('a', 3), longTime);
    const stored = JSON.parse((await redis.get('worker:a'))!) as object;
    await redis.set('worker:a', JSON.stringify({ ...stored, url: 'https://evil.example', inFlight: 0 }));
    expect(await registry.list()).toEqual([worker('a', 3)]);
  });

  it('can be read by gateways of before', async () => {
    await announcement.announce(worker('a', 3), longTime);
    expect(JSON.parse((await redis.get('worker:a'))!)).toMatchObject(worker('a', 3));
  });

  it('verifies again what says the same only now and then', async () => {
    await announcement.announce(worker('a'), longTime);
    await registry.list();
    const before = verified;
    await announcement.announce(worker('a'), longTime);
    await registry.list();
    expect(verified).toBe(before);
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 30_001);
    try {
      await registry.list();
    } finally {
      clock.mockRestore();
    }
    expect(verified).toBe(before + 1);
  });

  it('reads what a newer worker adds', async () => {
    const newer = { ...worker('newer'), zone: 'east' };
    await redis.sadd('workers', 'newer');
    await redis.set('worker:newer', JSON.stringify({ ...newer, signed: sign(newer) }));
    expect(await instances()).toEqual(['newer']);
  });

  it('rejects when Redis refuses a part of the announcement', async () => {
    await redis.set('workers', 'not a set');
    await expect(announcement.announce(worker('a'), longTime)).rejects.toThrow(/WRONGTYPE/);
    await expect(announcement.withdraw('a')).rejects.toThrow(/WRONGTYPE/);
  });

  it('keeps everything below the prefix of the product', async () => {
    await announcement.announce(worker('a'), longTime);
    const keys = await keysLike(redis, '*');
    expect([...keys].sort()).toEqual(['rcs:worker:a', 'rcs:workers']);
  });
});

describe(WorkerRegistry.name, () => {
  it('rejects while Redis is away, and serves again when it is back', async () => {
    let other = await RedisServer.start();
    const settings = { redisTrustedCA: true, connectTimeoutMs: 1000, commandTimeoutMs: 1000, keyPrefix: '' };
    const connection = connectRedis({ url: other.url, ...settings }, createLogger('test', 'test', 'silent'));
    const lost = new WorkerAnnouncement(connection, { sign });
    const lostRegistry = new WorkerRegistry(connection, { read }, () => undefined);
    try {
      await lost.announce(worker('a'), longTime);
      await other.stop();
      await expect(lostRegistry.list()).rejects.toThrow();
      // What is given up while Redis is away may reach it all the same.
      await expect(lost.announce(worker('b'), longTime)).rejects.toThrow();
      other = await RedisServer.start(other.port);
      while (connection.status !== 'ready') await once(connection, 'ready');
      await lost.announce(worker('b'), longTime);
      expect(await lostRegistry.list()).toEqual([worker('b')]);
    } finally {
      connection.disconnect();
      await other.stop();
    }
  });
});
