import { constants, createHash, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hashPassword } from '#accounts';
import { redisSubscriber, type RedisConnection } from '#platform';
import { attackedRedis, type AttackedRedis } from '#test/redis/attacked-redis.js';
import { keysLike } from '#test/redis/redis-under-test.js';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { GenesysCloud } from '#test/local-key-manager/genesys-cloud.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { Browser, header, json } from './browser.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-redis-attacker-'));
const wire = '/key-management/v1';
let cluster: RunningCluster;
/** Somebody who has the password of Redis, and nothing else. */
let redis: AttackedRedis;
let attacker: RedisConnection;
const published: string[] = [];

/** Who walks through the features: by chance, random text has the names of the demo in it, and never these. */
const [walker, passerBy, mistaken] = [
  'alexandra-who-walks-around',
  'roberto-who-passes-by',
  'carolina-who-mistypes',
] as const;

/** Every kind of key that there is in Redis: what is not in this list is not known to be safe. */
const kinds = [
  'session',
  'user-sessions',
  'unasked-sessions',
  'play-ticket',
  'login-failures',
  'login-known',
  'hawk-nonce',
  'hawk-decrypts',
  'worker',
  'workers',
] as const;
const prefix = 'rcs:';
const kindOf = (key: string): string => key.slice(prefix.length).split(':', 1).join('');
const keysOf = (kind: (typeof kinds)[number]) => keysLike(attacker, `${prefix}${kind}:*`);

beforeAll(async () => {
  redis = await attackedRedis();
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    ...redis.environment,
    RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{ failuresPerUser: 5, failuresPerAddress: 1000 }',
    RCS_SERVER_SETTINGS__CSRF_EXEMPTIONS: '[{ userName: operations }]',
  });
  cluster = await withPeople(cluster);
  attacker = redis.connect(cluster.ready.dataDir);
  await attacker.ping();
  const listener = redisSubscriber(attacker);
  await listener.connect();
  await listener.subscribe(`${prefix}events:certificates`);
  listener.on('message', (_channel: string, text: string) => published.push(text));
  ended.push(() => listener.disconnect());
});

const ended: (() => unknown)[] = [];

afterAll(async () => {
  for (const end of ended) await end();
  attacker?.disconnect();
  await cluster?.stop();
  await redis?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** With those of the walk, who may do what alice may. */
async function withPeople(demo: RunningCluster): Promise<RunningCluster> {
  const { ready } = demo;
  const added = [walker, passerBy, mistaken].map(name => ({
    name,
    password: randomBytes(24).toString('base64url'),
    roles: ['admin'] as const,
  }));
  await withClusterStore(ready.dataDir, redis.environment, async ({ users }) => {
    const alice = await users.find({ name: 'alice' });
    if (alice === undefined) throw new Error('the cluster has no alice');
    for (const { name, password } of added) {
      await users.put({ ...alice, name, passwordHash: await hashPassword(password) });
    }
  });
  return { ready: { ...ready, users: [...ready.users, ...added] }, stop: () => demo.stop() };
}

const newBrowser = () => new Browser(cluster, work);
const log = () => readFileSync(join(cluster.ready.dataDir, 'logs', 'playback-gateway.log'), 'utf8');
const password = (name: string) =>
  [...cluster.ready.users, cluster.ready.operations].find(user => user.name === name)?.password ?? '';
const withCookie = (secret: string, ...options: string[]) =>
  newBrowser().send('/api/v2/me', '--cookie', `JSESSIONID=${secret}`, ...options);
const withPassword = (name: string, secret = password(name), path = '/api/v2/me', ...options: string[]) =>
  curl('--cacert', cluster.ready.caFile, '--user', `${name}:${secret}`, ...options, cluster.ready.gateway + path);

/** One login by cookie, and the key of its session in Redis. */
async function openSession(name: string) {
  const before = new Set(await keysOf('session'));
  const browser = newBrowser();
  const csrfToken = await browser.logIn(name);
  const key = (await keysOf('session')).find(candidate => !before.has(candidate));
  expect(key).toBeDefined();
  return { browser, csrfToken, secret: browser.secret, key: key ?? '' };
}

async function registeredCloud(id: string): Promise<GenesysCloud> {
  const { contactCenter, operations } = cluster.ready;
  const body = JSON.stringify({ id, contactCenter });
  const json = ['-H', 'Content-Type: application/json', '-d', body];
  const answer = await withPassword(operations.name, operations.password, `${wire}/auth`, '--request', 'POST', ...json);
  expect(answer.status).toBe(200);
  const credential = JSON.parse(answer.body.toString()) as { id: string; authKey: string };
  const cloud = new GenesysCloud(cluster.ready.gateway, readFileSync(cluster.ready.caFile, 'utf8'), credential);
  ended.push(() => cloud.close());
  return cloud;
}

async function playWithTicket(browser: Browser, csrfToken: string): Promise<void> {
  const path = `/api/v2/recordings/${cluster.ready.recordings[0]?.id ?? ''}/play-tickets`;
  const ticket = json(await browser.sendJson(path, {}, ...header('X-CSRF-TOKEN', csrfToken)));
  expect((await newBrowser().send(`/api/v2${ticket['playPath'] as string}`)).status).toBe(200);
}

describe('whoever reads Redis', () => {
  it('finds every kind of record after a walk through the features, and no name, address or secret in any', async () => {
    const { browser, csrfToken, secret } = await openSession(walker);
    await browser.send('/api/v2/me', ...header('User-Agent', 'a-telling-agent'));
    await playWithTicket(browser, csrfToken);
    await withPassword(passerBy);
    await withPassword(mistaken, 'wrong');
    const cloud = await registeredCloud('redis-attacker');
    const keyPair = (await cloud.call('POST', `${wire}/keypair`)).json() as { id: string; publicKey: string };
    const key = createPublicKey({ key: Buffer.from(keyPair.publicKey, 'base64'), format: 'der', type: 'pkcs1' });
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    const body = {
      keypairId: keyPair.id,
      body: publicEncrypt({ key, ...padding }, Buffer.from('x')).toString('base64'),
    };
    expect((await cloud.call('POST', `${wire}/decrypt`, { body })).status).toBe(200);

    const keys = await keysLike(attacker, '*');
    expect(new Set(keys.map(kindOf))).toEqual(new Set(kinds));
    const telling = [walker, passerBy, mistaken, 'a-telling-agent', 'redis-attacker', secret];
    const digest = createHash('sha256').update(secret).digest('base64url');
    expect(await foundOf([...telling, digest])).toEqual([]);
    const notOfWorkers = keys.filter(one => !kindOf(one).startsWith('worker'));
    expect(JSON.stringify([notOfWorkers, await Promise.all(notOfWorkers.map(dump))])).not.toContain('127.0.0.1');
  });

  it.each([
    ['key', () => attacker.set(`${prefix}planted:${mistaken}`, 'x')],
    ['value', () => attacker.set(`${prefix}planted:value`, JSON.stringify({ userName: mistaken }))],
    ['set', () => attacker.sadd(`${prefix}planted:set`, `x_${mistaken}-x`)],
    ['list', () => attacker.zadd(`${prefix}planted:list`, 1, mistaken)],
  ])('would find a name in a %s', async (_, plant) => {
    await plant();
    expect(await foundOf([walker, mistaken])).toEqual([mistaken]);
    for (const key of await keysLike(attacker, `${prefix}planted:*`)) await attacker.del(key);
    expect(await foundOf([walker, mistaken])).toEqual([]);
  });
});

/** Which of them are to be read anywhere in Redis. */
async function foundOf(hidden: readonly string[]): Promise<readonly string[]> {
  const keys = await keysLike(attacker, '*');
  const everything = JSON.stringify([keys, await Promise.all(keys.map(dump))]);
  return hidden.filter(one => everything.includes(one));
}

async function dump(key: string): Promise<unknown> {
  switch (await attacker.type(key)) {
    case 'string':
      return attacker.get(key);
    case 'set':
      return attacker.smembers(key);
    default:
      return attacker.zrange(key, '0', '-1');
  }
}

describe('whoever writes sessions', () => {
  const secret = randomBytes(32).toString('base64url');
  const digest = createHash('sha256').update(secret).digest('base64url');
  const external = (source: string | null) => JSON.stringify(['external', source, source === null ? null : 'x']);

  it.each([
    ['operations', 'ops', external(null)],
    ['a person of a directory', 'directory-person', external('configuration-server')],
    ['a person of a provider', 'openid-person', external('openid')],
    ['a local user', 'alice', 'AAAAAAAAAAAAAAAAAAAAAA'],
  ])('is not %s', async (_, userName, credentialVersion) => {
    const record = { id: 'x', userName, credentialVersion, createdAt: Date.now(), address: '10.9.9.9' };
    await attacker.set(`${prefix}session:${digest}`, JSON.stringify(record), 'EX', 600);
    expect((await withCookie(secret)).status).toBe(401);
  });

  it('does not become whose record they copy under keys of their own', async () => {
    const alice = await openSession('alice');
    const bob = await openSession('bob');
    const record = (await attacker.get(alice.key)) ?? '';
    const own = (await attacker.get(bob.key)) ?? '';
    await attacker.set(`${prefix}session:${digest}`, record);
    expect((await withCookie(secret)).status).toBe(401);
    await attacker.set(bob.key, record);
    expect((await withCookie(bob.secret)).status).toBe(401);
    for (const changed of [record.slice(1), `${record.slice(0, 30)}${record.slice(31)}`, 'x', '', '{}', 'null']) {
      await attacker.set(alice.key, changed);
      expect((await withCookie(alice.secret)).status).toBe(401);
    }
    await attacker.set(alice.key, record);
    await attacker.set(bob.key, own);
    expect(json(await withCookie(alice.secret))).toMatchObject({ user: { userName: 'alice' } });
    expect(json(await withCookie(bob.secret))).toMatchObject({ user: { userName: 'bob' } });
    const refusal = 'a record in Redis that no gateway of this store wrote was refused';
    await waitFor('the log to say so', () => log().includes(refusal));
  });

  it('brings no session back that was ended', async () => {
    const { browser, csrfToken, secret: ending, key } = await openSession('alice');
    const record = (await attacker.get(key)) ?? '';
    const token = header('X-CSRF-TOKEN', csrfToken);
    const answer = await browser.send('/api/v2/sessions/current', '--request', 'DELETE', ...token);
    expect(answer.status).toBeLessThan(300);
    await attacker.set(key, record);
    expect((await withCookie(ending)).status).toBe(401);
  });

  it('shows nobody the sessions of another in a list', async () => {
    const alice = await openSession('alice');
    const bob = await openSession('bob');
    const name = (key: string) => key.slice(`${prefix}session:`.length);
    for (const list of await keysOf('user-sessions')) await attacker.zadd(list, Date.now(), name(alice.key));
    const listed = (await bob.browser.send('/api/v2/sessions')).body.toString();
    expect(listed).toContain('bob');
    expect(listed).not.toContain('alice');
  });
});

describe('whoever has a play ticket', () => {
  it('learns from it neither where its session is kept nor anything that a record needs', async () => {
    const { browser, csrfToken, secret, key } = await openSession('alice');
    const path = `/api/v2/recordings/${cluster.ready.recordings[0]?.id ?? ''}/play-tickets`;
    const { playPath } = json(await browser.sendJson(path, {}, ...header('X-CSRF-TOKEN', csrfToken)));
    const [, payload = ''] = (playPath as string).split('ticket=')[1]?.split('.') ?? [];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
    const { session, credential } = claims as { session: string; credential: string };
    const place = key.slice(`${prefix}session:`.length);
    for (const hidden of [secret, place]) expect(JSON.stringify(claims)).not.toContain(hidden);
    // Neither may stand for the other: not as the secret of a cookie, not as the place of a record.
    for (const known of [session, credential]) expect((await withCookie(known)).status).toBe(401);
    expect(await keysLike(attacker, `*${session}*`)).toEqual([]);
    const alice = await withClusterStore(cluster.ready.dataDir, {}, ({ users }) => users.find({ name: 'alice' }));
    const guess = createHash('sha256')
      .update(alice?.passwordHash ?? '')
      .digest();
    for (const form of ['base64url', 'hex', 'base64'] as const) {
      expect(guess.toString(form).startsWith(credential)).toBe(false);
    }
  });
});

describe('whoever writes throttles', () => {
  it('gets no more guesses from a gateway by deleting what was counted', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 8; guess++) {
      statuses.push((await withPassword('carol', `guess ${guess}`)).status);
      for (const key of await keysOf('login-failures')) await attacker.del(key);
    }
    expect(statuses.filter(status => status === 401).length).toBeLessThanOrEqual(5);
    expect(statuses.at(-1)).toBe(429);
  });

  it('makes no place known by copying the record of another', async () => {
    const [known] = await keysOf('login-known');
    const record = (await attacker.get(known ?? '')) ?? '';
    await attacker.set(`${known}x`, record);
    await attacker.set(`${prefix}login-known:${randomBytes(32).toString('base64url')}`, '1');
    expect((await withPassword('carol', 'one guess more')).status).toBe(429);
  });
});

describe('whoever writes nonces of Hawk', () => {
  it('has no request taken twice by a gateway', async () => {
    const cloud = await registeredCloud('redis-nonces');
    const signed = cloud.sign('GET', `${wire}/keypair`);
    const again = () => cloud.call('GET', `${wire}/keypair`, { authorization: signed });
    expect((await again()).status).toBe(200);
    for (const key of await keysOf('hawk-nonce')) await attacker.del(key);
    expect((await again()).status).toBe(401);
  });
});

describe('whoever writes registrations of workers', () => {
  it('makes no worker, moves none and brings none back', async () => {
    const [key = ''] = await keysOf('worker');
    const genuine = JSON.parse((await attacker.get(key)) ?? '{}') as { instance: string; signed: string };
    const forged = { ...genuine, instance: 'evil', url: 'https://127.0.0.1:9' };
    await attacker.sadd(`${prefix}workers`, 'evil', 'copied');
    await attacker.set(`${prefix}worker:evil`, JSON.stringify({ ...forged, signed: undefined }), 'EX', 600);
    await attacker.set(`${prefix}worker:copied`, JSON.stringify(genuine), 'EX', 600);
    const refusals = () =>
      log()
        .split('\n')
        .filter(line => line.includes('the registration of a worker was refused'));
    await until(() => refusals().length >= 2);
    expect(refusals().join('\n')).toMatch(/evil/);
    expect(refusals().join('\n')).toMatch(/copied/);
    const { playPath = '' } = cluster.ready.recordings[0] ?? {};
    for (let play = 0; play < 10; play++) {
      const answer = await withPassword('alice', password('alice'), `/api/v2${playPath}`);
      expect(answer.status).toBe(200);
    }
    await attacker.srem(`${prefix}workers`, 'evil', 'copied');
  });
});

describe('whoever writes events', () => {
  it('is believed by no gateway, and learns nothing from those there are', async () => {
    const { browser, csrfToken } = await openSession('alice');
    const { alias = '' } = cluster.ready.certificates[0] ?? {};
    const put = ['--request', 'PUT', ...header('X-CSRF-TOKEN', csrfToken)];
    const assigned = await browser.sendJson('/rcs/ivr-profiles/attacked/certificates', { aliases: [alias] }, ...put);
    expect(assigned.status).toBe(200);
    await until(() => published.length > 0);
    for (const hidden of ['alice', alias, cluster.ready.contactCenter, 'assignment']) {
      expect(published.map(text => text + Buffer.from(text, 'base64url').toString('latin1')).join()).not.toContain(
        hidden,
      );
    }

    const before = refusals().length;
    const { contactCenter } = cluster.ready;
    const change = {
      contactCenter,
      kind: 'certificate',
      action: 'deleted',
      by: 'mallory',
      at: new Date().toISOString(),
    };
    const forged = JSON.stringify({ ...change, from: 'x' });
    for (const message of [forged, 'x', Buffer.from(forged).toString('base64url')]) {
      await attacker.publish(`${prefix}events:certificates`, message);
    }
    await until(() => refusals().length >= before + 3);
  });

  const refusals = () =>
    log()
      .split('\n')
      .filter(line => line.includes('that no gateway of this store wrote was refused'));
});

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come to pass within a minute');
    await delay(100);
  }
}
