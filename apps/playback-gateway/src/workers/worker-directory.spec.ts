import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WorkerAnnouncement, WorkerRegistration, WorkerRegistry } from '#contracts';
import { connectRedis, createLogger, createMetricsRegistry, LiveIdentity, type RedisConnection } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { RedisServer } from '#test/redis/redis-server.js';
import { SignedRegistrations } from '#test/redis/signed-registrations.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { WorkerConnections } from './worker-connections.js';
import { WorkerDirectory } from './worker-directory.js';

const worker = (instance: string, inFlight = 0): WorkerRegistration => ({
  instance,
  url: `https://127.0.0.1:1/${instance}`,
  inFlight,
  version: '0.1.0',
});
const longTime = 60_000;
const nobody = new Set<string>();

describe(WorkerDirectory.name, () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let registrations: SignedRegistrations;
  let announcement: WorkerAnnouncement;
  let registry: WorkerRegistry;
  let connections: WorkerConnections;
  let directory: WorkerDirectory;
  let logged = '';
  const metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '0.1.0'));
  const logger = createLogger('test', 'test', 'warn', { write: line => (logged += line) });

  beforeAll(async () => {
    server = await RedisServer.start();
    registrations = await SignedRegistrations.create();
    const identity = await (await InternalAuthority.create()).issue('playback-gateway');
    connections = new WorkerConnections(
      new LiveIdentity(identity),
      { workerMaxConnection: 1, workerIdleTimeoutMs: 1000, playbackStartTimeoutMs: 1000 },
      logger,
    );
  });
  beforeEach(async () => {
    logged = '';
    const settings = { redisTrustedCA: true, connectTimeoutMs: 500, commandTimeoutMs: 500, keyPrefix: '' };
    redis = connectRedis({ url: server.url, ...settings }, logger);
    await redis.flushall();
    announcement = registrations.announcement(redis);
    registry = registrations.registry(redis);
    directory = new WorkerDirectory(registry, connections, metrics, logger);
  });
  afterEach(async () => {
    await directory.onApplicationShutdown();
    redis.disconnect();
  });
  afterAll(() => server.stop());

  async function start(...workers: readonly WorkerRegistration[]): Promise<void> {
    for (const registration of workers) await announcement.announce(registration, longTime);
    await directory.onApplicationBootstrap();
  }

  const choices = (rounds = 100): Set<string> =>
    new Set(Array.from({ length: rounds }, () => directory.choose(nobody).instance));

  describe('with workers of this host', () => {
    let near: Set<string>;
    beforeEach(() => {
      near = new Set(['near', 'near too']);
      jest.spyOn(connections, 'isNear').mockImplementation(instance => near.has(instance));
    });
    afterEach(() => jest.restoreAllMocks());

    it('asks them and nobody else, the one with less to do', async () => {
      await start(worker('near', 4), worker('near too', 4), worker('far'));
      expect(choices()).toEqual(new Set(['near', 'near too']));
      const done = directory.begin('near');
      expect(choices()).toEqual(new Set(['near too']));
      done();
    });

    it('asks others when they have much more to do, failed a moment ago, or were tried', async () => {
      near = new Set(['near']);
      await start(worker('near', 32), worker('far'), worker('far too'));
      expect(choices()).toEqual(new Set(['near']));
      const done = directory.begin('near');
      expect(choices()).toEqual(new Set(['far', 'far too']));
      done();
      expect(choices()).toEqual(new Set(['near']));
      expect(directory.choose(new Set(['near'])).instance).toContain('far');
      directory.suspend('near');
      expect(choices()).toEqual(new Set(['far', 'far too']));
    });

    it('asks them where nobody else is left', async () => {
      near = new Set(['near']);
      await start(worker('near', 5000), worker('far'));
      expect(directory.choose(new Set(['far'])).instance).toBe('near');
    });
  });

  it('knows the registered workers as soon as it has started', async () => {
    await start(worker('a'), worker('b'));
    expect(directory.count).toBe(2);
    expect(choices()).toEqual(new Set(['a', 'b']));
  });

  it('fails with a hint when to come again while there is no worker', async () => {
    await start();
    expect(() => directory.choose(nobody)).toThrow(
      expect.objectContaining({ code: 'RCS_NO_WORKER', retryAfterMs: 2000 }) as Error,
    );
  });

  it('never chooses one that was tried before', async () => {
    await start(worker('a'), worker('b', 1000));
    for (let round = 0; round < 50; round++) expect(directory.choose(new Set(['a'])).instance).toBe('b');
    expect(() => directory.choose(new Set(['a', 'b']))).toThrow(
      expect.objectContaining({ code: 'RCS_NO_WORKER' }) as Error,
    );
  });

  it('prefers the one that said it has less to do', async () => {
    await start(worker('a', 10), worker('b', 3));
    expect(choices()).toEqual(new Set(['b']));
  });

  it('counts its own requests until they are done', async () => {
    await start(worker('a'), worker('b', 1));
    const done = [directory.begin('a'), directory.begin('a')];
    expect(choices()).toEqual(new Set(['b']));
    done.forEach(end => end());
    expect(choices()).toEqual(new Set(['a']));
  });

  it('takes the one that has the media open while it is not much busier', async () => {
    await start(worker('a', 4), worker('b'));
    const choicesFor = (holder: string): string[] =>
      Array.from({ length: 50 }, () => directory.choose(nobody, holder).instance);
    expect(new Set(choicesFor('a'))).toEqual(new Set(['a']));
    const done = directory.begin('a');
    expect(new Set(choicesFor('a'))).toEqual(new Set(['b']));
    done();
    expect(new Set(choicesFor('a'))).toEqual(new Set(['a']));
  });

  it('takes another one than has the media open when that was tried, failed a moment ago, or is gone', async () => {
    await start(worker('a'), worker('b', 1000));
    expect(directory.choose(new Set(['a']), 'a').instance).toBe('b');
    expect(directory.choose(nobody, 'nobody').instance).toBe('a');
    directory.suspend('a');
    expect(directory.choose(nobody, 'a').instance).toBe('b');
  });

  it('leaves a suspended worker alone while another one is there', async () => {
    await start(worker('a'), worker('b', 1000));
    directory.suspend('a');
    expect(choices()).toEqual(new Set(['b']));
  });

  it('asks suspended workers rather than nobody', async () => {
    await start(worker('a'), worker('b'));
    directory.suspend('a');
    directory.suspend('b');
    expect(choices()).toEqual(new Set(['a', 'b']));
    expect(directory.choose(new Set(['a'])).instance).toBe('b');
  });

  it('takes a suspended worker back after a while', async () => {
    await start(worker('a'), worker('b', 1000));
    directory.suspend('a');
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 2001);
    try {
      expect(choices()).toEqual(new Set(['a']));
    } finally {
      clock.mockRestore();
    }
  });

  it('notices who comes and who leaves', async () => {
    await start(worker('a'));
    await announcement.withdraw('a');
    await announcement.announce(worker('b'), longTime);
    while (directory.count === 0 || choices().has('a')) await nextTurn();
    expect(choices()).toEqual(new Set(['b']));
  });

  it('keeps the last known workers while the registry cannot be read, and says so', async () => {
    await start(worker('a'), worker('b'));
    await server.stop();
    while (!logged.includes('the worker registry cannot be read')) await nextTurn();
    expect(choices()).toEqual(new Set(['a', 'b']));
    server = await RedisServer.start(server.port);
  });
});
