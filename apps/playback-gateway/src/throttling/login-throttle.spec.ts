import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createLogger, type RedisConnection } from '#platform';
import { flush, keysLike, redisLayouts, RedisUnderTest } from '#test/redis/redis-under-test.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';
import { RecordSeals } from '../redis/sealed-records.js';
import { FlooredAttemptWindow, LocalAttemptWindow, SharedAttemptWindow, type AttemptWindow } from './attempt-window.js';
import { networkOf, type LoginIdentity } from './login-limits.js';
import { LoginThrottle } from './login-throttle.js';
import { ThrottleStorage } from './throttle-storage.js';

const tooMany = { code: 'RCS_TOO_MANY_REQUESTS' };
const hour = 3_600_000;

const keys = new GatewayKeys(randomBytes(32));
const seals = new RecordSeals(keys, createLogger('test', 'test', 'silent'));
const storageIn = (connection: RedisConnection) => new ThrottleStorage(new RedisGate(connection), keys, seals);
const named = (key: string) => `named:${key}`;

describe.each(redisLayouts)('with Redis (%s)', layout => {
  let server: RedisUnderTest;
  let redis: RedisConnection;

  beforeAll(async () => {
    server = await RedisUnderTest.start(layout);
    redis = await server.connect();
  });
  beforeEach(() => flush(redis));
  afterAll(() => server.stop());

  describe.each<readonly [string, () => AttemptWindow]>([
    [SharedAttemptWindow.name, () => new SharedAttemptWindow(new RedisGate(redis), named)],
    [LocalAttemptWindow.name, () => new LocalAttemptWindow()],
    [
      FlooredAttemptWindow.name,
      () => new FlooredAttemptWindow(new SharedAttemptWindow(new RedisGate(redis), named), new LocalAttemptWindow()),
    ],
  ])('%s', (_, create) => {
    it('lets so many attempts through, and then says how long to wait', async () => {
      const window = create();
      const limits = [{ key: 'a', limit: 3 }];
      for (const attempt of ['1', '2', '3']) expect(await window.enter(attempt, limits, hour)).toBe(0);
      const wait = await window.enter('4', limits, hour);
      expect(wait).toBeGreaterThan(hour - 60_000);
      expect(wait).toBeLessThanOrEqual(hour);
      expect(await window.enter('5', [{ key: 'b', limit: 3 }], hour)).toBe(0);
    });

    it('never lets more through when they come at once', async () => {
      const window = create();
      const waits = await Promise.all(
        Array.from({ length: 50 }, (_value, index) => window.enter(`${index}`, [{ key: 'a', limit: 7 }], hour)),
      );
      expect(waits.filter(wait => wait === 0)).toHaveLength(7);
    });

    it('has room again for an attempt that was taken back', async () => {
      const window = create();
      const limits = [{ key: 'a', limit: 1 }];
      await window.enter('1', limits, hour);
      await window.leave('1', ['a']);
      expect(await window.enter('2', limits, hour)).toBe(0);
    });

    it('enters nothing anywhere when one key is full', async () => {
      const window = create();
      await window.enter('1', [{ key: 'full', limit: 1 }], hour);
      for (let count = 0; count < 5; count++) {
        await window.enter(
          `x${count}`,
          [
            { key: 'other', limit: 2 },
            { key: 'full', limit: 1 },
          ],
          hour,
        );
      }
      expect(await window.enter('2', [{ key: 'other', limit: 1 }], hour)).toBe(0);
    });

    it('forgets what is older than the window', async () => {
      const window = create();
      const limits = [{ key: 'a', limit: 1 }];
      await window.enter('1', limits, 200);
      let wait = await window.enter('2', limits, 200);
      while (wait > 0) {
        expect(wait).toBeLessThanOrEqual(200);
        await delay(wait + 1);
        wait = await window.enter('2', limits, 200);
      }
      expect(wait).toBe(0);
    });
  });

  describe(LoginThrottle.name, () => {
    const bounds = { window: hour / 1000, failuresPerUser: 3, failuresPerAddress: 6 };
    const limits = { loginThrottling: { ...bounds, longestDelayMs: 1, mostWaiting: 100 } };
    /** Nobody waits at all, so whoever would have to is refused. */
    const impatient = { loginThrottling: { ...limits.loginThrottling, mostWaiting: 0 } };
    const throttle = (settings = limits) => new LoginThrottle(storageIn(redis), settings);
    const from = (key: string, address = '10.0.0.1', kind: LoginIdentity['kind'] = 'person') => ({
      identity: { kind, key },
      address,
    });
    const flood = async (address = '10.0.0.1') => {
      for (let count = 0; count < 6; count++) await throttle().begin(from(`user-${count}`, address));
    };

    it('counts failures per user, over all addresses and gateways', async () => {
      for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) await throttle().begin(from('anthony', address));
      await expect(throttle().begin(from('anthony', '10.0.0.4'))).rejects.toMatchObject(tooMany);
      await throttle().begin(from('bob', '10.0.0.4'));
    });

    it('slows an address with many failures, over all users, and refuses there only whom nobody could make wait', async () => {
      await flood();
      for (let count = 0; count < 20; count++) await throttle().begin(from(`other-${count}`));
      await expect(throttle(impatient).begin(from('somebody'))).rejects.toMatchObject(tooMany);
      await throttle(impatient).begin(from('somebody', '10.0.0.2'));
    });

    it('does not slow who is known at the address, and answers their failures as late as those of others', async () => {
      await throttle().succeeded(await throttle().begin(from('anthony')));
      await flood();
      const attempt = await throttle(impatient).begin(from('anthony'));
      await throttle(impatient).succeeded(attempt);
      const wrong = await throttle(impatient).begin(from('anthony'));
      await expect(throttle(impatient).failed(wrong)).rejects.toMatchObject(tooMany);
      await throttle().failed(wrong);
    });

    it('does not slow services, which have bounds of their own at every network', async () => {
      const recorder = (address: string) => from('recorder', address, 'service');
      await flood();
      const attempts = await Promise.all([1, 2, 3].map(() => throttle(impatient).begin(recorder('10.0.0.1'))));
      await expect(throttle(impatient).begin(recorder('10.0.0.1'))).rejects.toMatchObject(tooMany);
      await expect(throttle(impatient).failed(attempts[0]!)).rejects.toMatchObject(tooMany);
      await throttle(impatient).begin(recorder('10.0.0.2'));
      for (let network = 0; network < 26; network++) await throttle().begin(recorder(`10.1.${network}.1`));
      await expect(throttle().begin(recorder('10.2.0.1'))).rejects.toMatchObject(tooMany);
    });

    it('remembers credentials that were right, until they are not', async () => {
      const gateway = throttle();
      await gateway.succeeded(await gateway.begin(from('anthony')), 'digest');
      expect([gateway.wereRight('digest'), gateway.wereRight('other')]).toEqual([true, false]);
      gateway.forget('digest');
      expect(gateway.wereRight('digest')).toBe(false);
    });

    it('takes an attempt back that was not made because too many waited', async () => {
      await flood();
      for (let count = 0; count < 10; count++)
        await expect(throttle(impatient).begin(from('somebody'))).rejects.toMatchObject(tooMany);
      await throttle().begin(from('somebody', '10.0.0.2'));
    });

    it('does not count who knows the password', async () => {
      for (let count = 0; count < 20; count++) await throttle().succeeded(await throttle().begin(from('anthony')));
    });

    it('lets nobody lock a user out of where the user has logged in before', async () => {
      await throttle().succeeded(await throttle().begin(from('anthony', '10.0.0.1')));
      for (let count = 0; count < 3; count++) await throttle().begin(from('anthony', '192.168.0.9'));
      await expect(throttle().begin(from('anthony', '192.168.0.9'))).rejects.toMatchObject(tooMany);
      for (let count = 0; count < 3; count++) await throttle().begin(from('anthony', '10.0.0.1'));
      await expect(throttle().begin(from('anthony', '10.0.0.1'))).rejects.toMatchObject(tooMany);
    });

    it('writes no name of a user and no address to Redis', async () => {
      await throttle().succeeded(await throttle().begin(from('anthony')));
      await throttle().begin(from('anthony'));
      const names = (await keysLike(redis, '*')).join(' ');
      expect(names).toMatch(/login-failures:.*login-known:|login-known:.*login-failures:/);
      expect(names).not.toMatch(/anthony|10\.0\.0\.1/);
    });

    it('allows no more than before when its counters are deleted from Redis', async () => {
      const gateway = throttle();
      for (let count = 0; count < 3; count++) {
        await gateway.begin(from('anthony'));
        await flush(redis);
      }
      await expect(gateway.begin(from('anthony'))).rejects.toMatchObject(tooMany);
    });

    it('knows nobody at a place because Redis says so', async () => {
      await throttle().succeeded(await throttle().begin(from('anthony', '10.0.0.1')));
      const [known] = (await keysLike(redis, 'login-known:*')).map(key => key.slice('rcs:'.length));
      const sealed = (await redis.get(known!))!;
      await throttle().succeeded(await throttle().begin(from('bob', '10.0.0.2')));
      const places = (await keysLike(redis, 'login-known:*')).map(key => key.slice('rcs:'.length));
      const other = places.find(place => place !== known)!;
      const storage = storageIn(redis);
      await storage.remember('login-known:a', 60);
      expect(await storage.isRemembered('login-known:a')).toBe(true);
      for (const forged of ['1', sealed, '']) {
        await redis.set(other, forged);
        const name = (await keysLike(redis, 'login-known:*')).map(key => key.slice('rcs:'.length));
        expect(name).toContain(other);
        for (let count = 0; count < 3; count++)
          await throttle()
            .begin(from('bob', '10.9.9.9'))
            .catch(() => undefined);
        await expect(throttle().begin(from('bob', '10.0.0.2'))).rejects.toMatchObject(tooMany);
      }
    });

    it('says no longer wait than the window, whatever stands in Redis', async () => {
      for (let count = 0; count < 3; count++) await throttle().begin(from('anthony'));
      for (const key of await keysLike(redis, 'login-failures:*')) {
        await redis.zadd(key.slice('rcs:'.length), Date.now() + 1000 * hour, 'x', Date.now() + 1000 * hour, 'y');
      }
      const refusal = await throttle()
        .begin(from('anthony'))
        .catch((error: unknown) => error as { retryAfterMs: number });
      expect((refusal as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(hour);
    });

    it('counts alone while Redis is away', async () => {
      const away = new Redis({ lazyConnect: true });
      const alone = new LoginThrottle(storageIn(away), limits);
      for (let count = 0; count < 3; count++) await alone.begin(from('anthony'));
      await expect(alone.begin(from('anthony'))).rejects.toMatchObject(tooMany);
      await alone.succeeded(await alone.begin(from('bob')));
      away.disconnect();
    });
  });
});

describe(networkOf, () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
