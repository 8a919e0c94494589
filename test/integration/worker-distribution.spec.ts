import { connectRedis, createLogger, createMetricsRegistry, type InternalIdentity, LiveIdentity } from '#platform';
import { GatewayMetrics } from '../../apps/playback-gateway/src/metrics/gateway-metrics.js';
import { WorkerConnections } from '../../apps/playback-gateway/src/workers/worker-connections.js';
import { WorkerDirectory } from '../../apps/playback-gateway/src/workers/worker-directory.js';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { RedisServer } from '#test/redis/redis-server.js';
import { SignedRegistrations } from '#test/redis/signed-registrations.js';

jest.setTimeout(120_000);

/** Longer than this test may take. */
const timeToLiveMs = 600_000;
const logger = createLogger('test', 'test', 'silent');

let server: RedisServer;
let identity: InternalIdentity;

beforeAll(async () => {
  server = await RedisServer.start();
  identity = await (await InternalAuthority.create()).issue('playback-gateway');
});
afterAll(() => server.stop());

describe.each([[100], [1000]])('%i workers in a real registry', count => {
  const settings = { redisTrustedCA: true, connectTimeoutMs: 20_000, commandTimeoutMs: 20_000, keyPrefix: `${count}:` };
  const redis = () => connectRedis({ url: server.url, ...settings }, logger);

  it.each([
    ['evenly when all are idle', () => 0],
    ['to the idle half when the others are busy', (index: number) => (index % 2 === 0 ? 0 : 1_000_000)],
  ])('four gateways spread playbacks %s', async (_, inFlight) => {
    const announcer = redis();
    const registrations = await SignedRegistrations.create();
    await Promise.all(
      Array.from({ length: count }, (__, index) =>
        registrations.announcement(announcer).announce(
          {
            instance: `worker-${index}`,
            url: `https://10.0.0.1:${index + 1}`,
            inFlight: inFlight(index),
            version: '1',
          },
          timeToLiveMs,
        ),
      ),
    );
    const gateways = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const connection = redis();
        const connections = new WorkerConnections(
          new LiveIdentity(identity),
          { workerMaxConnection: 1, workerIdleTimeoutMs: 1, playbackStartTimeoutMs: 1 },
          logger,
        );
        const metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '1'));
        const directory = new WorkerDirectory(registrations.registry(connection), connections, metrics, logger);
        await directory.onApplicationBootstrap();
        return { directory, connection };
      }),
    );
    const loads = new Map<string, number>();
    for (let playback = 0; playback < 100 * count; playback++) {
      const { directory } = gateways[playback % gateways.length]!;
      const { instance } = directory.choose(new Set());
      directory.begin(instance);
      loads.set(instance, (loads.get(instance) ?? 0) + 1);
    }
    await Promise.all(gateways.map(({ directory }) => directory.onApplicationShutdown()));
    for (const { connection } of gateways) connection.disconnect();
    announcer.disconnect();

    const idle = Array.from({ length: count }, (__, index) => index).filter(index => inFlight(index) === 0);
    const idleLoads = idle.map(index => loads.get(`worker-${index}`) ?? 0);
    const busyLoad = 100 * count - idleLoads.reduce((sum, load) => sum + load, 0);
    // A busy worker is taken only when both choices are busy: one time in four when half of them are.
    const share = idle.length === count ? 0 : 0.25;
    expect(busyLoad / (100 * count)).toBeCloseTo(share, 1);
    const mean = (100 * count - busyLoad) / idle.length;
    expect(Math.max(...idleLoads)).toBeLessThanOrEqual(mean * 1.25);
    expect(Math.min(...idleLoads)).toBeGreaterThanOrEqual(mean * 0.75);
  });
});
