import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createLogger, type RedisConnection } from '#platform';
import { openSqliteStore, type Store } from '#store';
import { RedisServer } from '#test/redis/redis-server.js';
import { flush, keepers, keysLike, redisLayouts, RedisUnderTest } from '#test/redis/redis-under-test.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';
import { RecordSeals } from '../redis/sealed-records.js';
import { sessionReferenceOf } from './session-secret.js';
import { SessionStore, type NewSession, type SessionLimits } from './session-store.js';

const anthony: NewSession = { userName: 'anthony', credentialVersion: 'v1', address: '10.0.0.1', userAgent: 'curl/8' };

const logger = createLogger('test', 'test', 'silent');
const directory = mkdtempSync(join(tmpdir(), 'rcs-sessions-'));
const keys = new GatewayKeys(randomBytes(32));
let kept: Store;

beforeAll(async () => {
  kept = await openSqliteStore({ directory, auditWriter: 'test' });
});
afterAll(async () => {
  await kept.close();
  rmSync(directory, { recursive: true, force: true });
});

const sessionStore = (gate: RedisGate, limits: SessionLimits) =>
  new SessionStore(gate, limits, keys, new RecordSeals(keys, logger), kept.endedSessions);

describe.each(redisLayouts)(`${SessionStore.name} (%s)`, layout => {
  let server: RedisUnderTest;
  let redis: RedisConnection;

  beforeAll(async () => {
    server = await RedisUnderTest.start(layout);
    redis = await server.connect();
  });
  beforeEach(() => flush(redis));
  afterAll(() => server.stop());

  const storeWith = (limits: Partial<SessionLimits> = {}) =>
    sessionStore(new RedisGate(redis), {
      sessionMaxInactiveInterval: 1800,
      sessionMaxLifetime: 43_200,
      maxSessionsPerUser: 3,
      ...limits,
    });

  const everythingInRedis = async (): Promise<string> => {
    const keys = (await keysLike(redis, '*')).map(key => key.slice('rcs:'.length));
    const values = await Promise.all(
      keys.map(async key =>
        (await redis.type(key)) === 'string' ? await redis.get(key) : await redis.zrange(key, '0', '-1'),
      ),
    );
    return JSON.stringify([keys, values]);
  };

  /** How many values Redis was asked for so far. */
  async function readsOfRedis(): Promise<number> {
    const told = await Promise.all(keepers(redis).map(node => node.info('commandstats')));
    return told.reduce((sum, text) => sum + Number(/cmdstat_get:calls=(\d+)/.exec(text)?.[1] ?? 0), 0);
  }

  /** Waits until Redis has dropped the key. */
  async function untilExpired(key: string): Promise<void> {
    while ((await redis.exists(`session:${key}`)) === 1) await delay(50);
  }

  it('gives back what was opened, under the secret only', async () => {
    const store = storeWith();
    const { session, secret } = await store.open(anthony);
    expect(await store.use(secret)).toEqual(session);
    expect(session).toMatchObject(anthony);
    expect(session.csrfToken).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await store.use(session.key)).toBeUndefined();
    expect(await store.use(session.id)).toBeUndefined();
  });

  it('tells nobody who reads Redis a secret, a token, a name or an address', async () => {
    const { session, secret } = await storeWith().open(anthony);
    const stored = await everythingInRedis();
    expect(stored).toContain(session.key);
    const { userName, address, userAgent, csrfToken, reference, id } = session;
    for (const hidden of [secret, sessionReferenceOf(secret), reference, csrfToken, userName, address, userAgent, id]) {
      expect(stored).not.toContain(hidden);
    }
  });

  it('never opens two sessions with one secret', async () => {
    const store = storeWith({ maxSessionsPerUser: 100 });
    const opened = await Promise.all(Array.from({ length: 50 }, () => store.open(anthony)));
    expect(new Set(opened.map(({ secret }) => secret)).size).toBe(50);
    expect(new Set(opened.map(({ session }) => session.csrfToken)).size).toBe(50);
  });

  it('keeps a session alive by its use, for the idle time', async () => {
    const store = storeWith({ sessionMaxInactiveInterval: 1000 });
    const { session, secret } = await store.open(anthony);
    await redis.expire(`session:${session.key}`, 100);
    await store.use(secret);
    expect(await redis.ttl(`session:${session.key}`)).toBeGreaterThan(900);
  });

  it('ends an idle session', async () => {
    const store = storeWith({ sessionMaxInactiveInterval: 1 });
    const { session, secret } = await store.open(anthony);
    await untilExpired(session.key);
    expect(await store.use(secret)).toBeUndefined();
    expect(await store.list({ name: 'anthony' })).toEqual([]);
  });

  it('ends a busy session at its absolute end', async () => {
    const store = storeWith({ sessionMaxLifetime: 2 });
    const { session, secret } = await store.open(anthony);
    while (Date.now() < session.createdAt + 2000) {
      if ((await store.use(secret)) === undefined) break;
      await delay(20);
    }
    expect(Date.now()).toBeGreaterThanOrEqual(session.createdAt + 1000);
    await delay(Math.max(0, session.createdAt + 2001 - Date.now()));
    expect(await store.use(secret)).toBeUndefined();
    expect(await store.useReference(session.reference)).toBeUndefined();
  });

  it('ends a session for good, whatever is put back into Redis', async () => {
    const store = storeWith();
    const { session, secret } = await store.open(anthony);
    const other = await store.open(anthony);
    const record = await redis.get(`session:${session.key}`);
    await store.end(session, session.key);
    for (const putBack of [false, true]) {
      if (putBack) await redis.set(`session:${session.key}`, record!);
      expect(await store.use(secret)).toBeUndefined();
      expect(await store.useReference(session.reference)).toBeUndefined();
    }
    expect((await store.list({ name: 'anthony' })).map(({ id }) => id)).toEqual([other.session.id]);
  });

  it('ends the oldest of too many', async () => {
    const store = storeWith({ maxSessionsPerUser: 3 });
    const secrets: string[] = [];
    for (let count = 0; count < 5; count++) {
      secrets.push((await store.open(anthony)).secret);
      await delay(2);
    }
    const alive = await Promise.all(secrets.map(async secret => (await store.use(secret)) !== undefined));
    expect(alive).toEqual([false, false, true, true, true]);
  });

  it('never lets sessions nobody asked for push out those of people', async () => {
    const store = storeWith({ maxSessionsPerUser: 3 });
    const { secret } = await store.open(anthony);
    const kept = await store.open({ ...anthony, unasked: true });
    await store.use(kept.secret);
    for (let count = 0; count < 10; count++) await store.open({ ...anthony, unasked: true });
    expect(await store.use(secret)).toBeDefined();
    expect(await store.use(kept.secret)).toBeDefined();
    expect(await store.list({ name: 'anthony' })).toHaveLength(5);
  });

  it('gives a session nobody asked for its full life once the client comes back with the cookie', async () => {
    const store = storeWith();
    const { session, secret } = await store.open({ ...anthony, unasked: true });
    expect(await redis.ttl(`session:${session.key}`)).toBeLessThanOrEqual(300);
    expect(await store.use(secret)).toMatchObject({ id: session.id });
    expect(await redis.ttl(`session:${session.key}`)).toBeGreaterThan(1700);
    expect(await store.use(secret)).not.toHaveProperty('unasked');
  });

  it('lists the sessions of one user, newest first, with their end', async () => {
    const store = storeWith();
    const first = await store.open(anthony);
    await delay(2);
    const second = await store.open({ ...anthony, address: '10.0.0.2' });
    await store.open({ ...anthony, userName: 'bob' });
    const listed = await store.list({ name: 'anthony' });
    expect(listed.map(({ id }) => id)).toEqual([second.session.id, first.session.id]);
    for (const { expiresAt } of listed) expect(expiresAt).toBeLessThanOrEqual(Date.now() + 1_800_000);
    expect(JSON.stringify(listed)).not.toContain(first.secret);
  });

  it('finds one session by its key, however many its account has', async () => {
    const store = storeWith({ maxSessionsPerUser: 100 });
    const { session, secret } = await store.open(anthony);
    const others = await Promise.all(Array.from({ length: 20 }, () => store.open(anthony)));
    const before = await readsOfRedis();
    const found = await store.find(session.key);
    expect((await readsOfRedis()) - before).toBe(1);
    expect(found).toMatchObject({ ...anthony, id: session.id, key: session.key });
    expect(found?.expiresAt).toBeLessThanOrEqual(Date.now() + 1_800_000);
    expect(JSON.stringify(found)).not.toContain(secret);
    await store.end(session, session.key);
    expect(await store.find(session.key)).toBeUndefined();
    expect(await store.find(others[0]!.session.key)).toMatchObject({ id: others[0]!.session.id });
  });

  describe('of accounts of one name', () => {
    const external = (source: 'configuration-server' | 'openid', contactCenter: string) => ({
      opened: { ...anthony, source, contactCenter },
      account: { name: 'anthony', source, contactCenter },
    });
    const accounts = [
      { opened: anthony, account: { name: 'anthony' } },
      external('configuration-server', 'cc-1'),
      external('configuration-server', 'cc-2'),
      external('openid', 'cc-1'),
    ];

    it('are listed and ended apart, and push none of another account out', async () => {
      const store = storeWith({ maxSessionsPerUser: 2 });
      const first = await Promise.all(accounts.map(({ opened }) => store.open(opened)));
      for (let count = 0; count < 5; count++) await store.open(accounts[1]!.opened);
      for (const [index, { account }] of accounts.entries()) {
        const ids = (await store.list(account)).map(({ id }) => id);
        expect(ids).toHaveLength(index === 1 ? 2 : 1);
        expect(ids.includes(first[index]!.session.id)).toBe(index !== 1);
      }
      const { session } = first[2]!;
      await store.end(session, session.key);
      expect(await store.list(accounts[2]!.account)).toEqual([]);
      expect(await store.list(accounts[0]!.account)).toHaveLength(1);
    });
  });

  it('cuts an endless user agent', async () => {
    const { session } = await storeWith().open({ ...anthony, userAgent: 'x'.repeat(100_000) });
    expect(session.userAgent).toHaveLength(256);
  });

  it('takes nothing for a session that no gateway of the store sealed for it', async () => {
    const store = storeWith();
    const { session, secret } = await store.open(anthony);
    const place = `session:${session.key}`;
    const mine = (await redis.get(place))!;
    const other = await store.open({ ...anthony, userName: 'root' });
    const strangers = new RecordSeals(new GatewayKeys(randomBytes(32)), logger).for('sessions');
    const forgeries = [
      JSON.stringify({ ...anthony, id: '1', createdAt: Date.now() }),
      (await redis.get(`session:${other.session.key}`))!,
      strangers.seal(place, { ...anthony, id: '1', createdAt: Date.now() }, Date.now() + 60_000),
      new RecordSeals(keys, logger).for('another purpose').seal(place, session, Date.now() + 60_000),
      `${mine.slice(0, -1)}${mine.endsWith('A') ? 'B' : 'A'}`,
      mine.slice(0, 20),
      '',
    ];
    for (const forgery of forgeries) {
      await redis.set(place, forgery);
      expect(await store.use(secret)).toBeUndefined();
      expect(await store.list({ name: 'anthony' })).toEqual([]);
    }
    await redis.set(place, mine);
    expect(await store.use(secret)).toBeDefined();
  });

  it('has ended by the time in its record, however often Redis is told to keep it', async () => {
    const store = storeWith({ sessionMaxInactiveInterval: 1 });
    const { session, secret } = await store.open(anthony);
    const place = `session:${session.key}`;
    const record = (await redis.get(place))!;
    await untilExpired(session.key);
    while (Date.now() <= session.createdAt + 1_100) await delay(20);
    await redis.set(place, record);
    expect(await store.use(secret)).toBeUndefined();
    expect(await store.useReference(session.reference)).toBeUndefined();
  });

  it('lives on in a new record while it is used', async () => {
    const store = storeWith({ sessionMaxInactiveInterval: 100 });
    const { session, secret } = await store.open(anthony);
    const place = `session:${session.key}`;
    const first = await redis.get(place);
    jest.useFakeTimers({
      now: Date.now() + 90_000,
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'],
    });
    try {
      expect(await store.use(secret)).toBeDefined();
      expect(await redis.get(place)).not.toBe(first);
      jest.setSystemTime(Date.now() + 90_000);
      expect(await store.use(secret)).toMatchObject({ id: session.id });
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('sessions without Redis', () => {
  it('fail at once, and work again when it is back', async () => {
    let server = await RedisServer.start();
    const redis = new Redis(server.url, {
      commandTimeout: 10_000,
      maxRetriesPerRequest: 1,
      retryStrategy: () => 50,
    }).on('error', () => undefined);
    try {
      await redis.ping();
      const store = sessionStore(new RedisGate(redis), {
        sessionMaxInactiveInterval: 60,
        sessionMaxLifetime: 60,
        maxSessionsPerUser: 3,
      });
      await server.stop();
      while (redis.status === 'ready') await delay(10);
      await expect(store.open(anthony)).rejects.toMatchObject({ code: 'RCS_SESSION_UNAVAILABLE' });
      await expect(store.use('a')).rejects.toMatchObject({ code: 'RCS_SESSION_UNAVAILABLE', retryAfterMs: 2000 });
      server = await RedisServer.start(server.port);
      let opened: string | undefined;
      while (opened === undefined) {
        opened =
          (await store.open(anthony).then(
            ({ secret }) => secret,
            () => delay(50),
          )) ?? undefined;
      }
      expect(await store.use(opened)).toMatchObject({ userName: 'anthony' });
    } finally {
      redis.disconnect();
      await server.stop();
    }
  });
});
