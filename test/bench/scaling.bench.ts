import { parseArgs } from 'node:util';
import { connectRedis, createLogger, createMetricsRegistry, type InternalIdentity, LiveIdentity } from '#platform';
import { Heartbeat } from '../../apps/decrypt-worker/src/registration/heartbeat.js';
import { GatewayMetrics } from '../../apps/playback-gateway/src/metrics/gateway-metrics.js';
import { WorkerConnections } from '../../apps/playback-gateway/src/workers/worker-connections.js';
import { WorkerDirectory } from '../../apps/playback-gateway/src/workers/worker-directory.js';
import { InternalAuthority } from '../support/authority/internal-authority.js';
import { RedisServer } from '../support/redis/redis-server.js';
import { SignedRegistrations } from '../support/redis/signed-registrations.js';
import { redisUsage } from './redis-usage.js';
import { median } from './statistics.js';

const heartbeatIntervalMs = 1000;
const meanStreamsPerWorker = 20;
const meanPlaybackMs = 5000;
const tickMs = 50;
const logger = createLogger('bench', 'bench', 'silent');

interface SimulatedWorker {
  readonly instance: string;
  inFlight: number;
  readonly heartbeat: Heartbeat;
  disconnect(): void;
}

/**
 * Many workers and a few gateways against one real Redis, with the code that registers, lists and chooses workers in
 * production; only the playbacks are made up: they arrive at random and last for random times.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '20' },
      workers: { type: 'string', default: '100,1000' },
      gateways: { type: 'string', default: '4' },
    },
  });
  const identity = await (await InternalAuthority.create()).issue('playback-gateway');
  const registrations = await SignedRegistrations.create();
  const rows = [];
  for (const count of values.workers.split(',').map(Number))
    rows.push(await simulate(count, Number(values.gateways), Number(values.seconds) * 1000, identity, registrations));
  process.stdout.write(`${JSON.stringify({ bench: 'scaling', rows }, null, values.json ? 0 : 2)}\n`);
}

async function simulate(
  workerCount: number,
  gatewayCount: number,
  durationMs: number,
  identity: InternalIdentity,
  registrations: SignedRegistrations,
) {
  const server = await RedisServer.start();
  const workers = Array.from({ length: workerCount }, (_, index) => simulatedWorker(server.url, index, registrations));
  const byInstance = new Map(workers.map(worker => [worker.instance, worker]));
  const gateways = await Promise.all(
    Array.from({ length: gatewayCount }, () => gateway(server.url, identity, registrations)),
  );
  const observer = redisAt(server.url);
  try {
    workers.forEach(({ heartbeat }) => heartbeat.start());
    while (gateways.some(({ directory }) => directory.count < workerCount)) await pause(tickMs);
    const warmUpMs = meanPlaybackMs * 3;
    const playbacks = new Playbacks(
      byInstance,
      gateways.map(({ directory }) => directory),
    );
    await playbacks.runFor(warmUpMs);
    const before = await redisUsage(observer);
    const listBefore = process.cpuUsage();
    const spread = await playbacks.runFor(durationMs);
    const after = await redisUsage(observer);
    const own = process.cpuUsage(listBefore);
    const seconds = after.at - before.at;
    return {
      workers: workerCount,
      gateways: gatewayCount,
      playbacksStarted: playbacks.started,
      streamsPerWorker: spread,
      chooseMicroseconds: round(playbacks.chooseMicroseconds),
      registryListMilliseconds: round(await listMilliseconds(registrations.registry(observer))),
      redis: {
        commandsPerSecond: round((after.commands - before.commands) / seconds),
        cpuPercentOfOneCore: round(((after.cpu - before.cpu) / seconds) * 100),
        outKilobytesPerSecond: round((after.out - before.out) / seconds / 1000),
        memoryMegabytes: round(after.memory / 1e6),
      },
      simulationCpuPercentOfOneCore: round((own.user + own.system) / 1e4 / seconds),
      secondsUntilDeadWorkersAreForgotten: round(await forgetting(workers, gateways)),
    };
  } finally {
    observer.disconnect();
    await Promise.all(workers.map(({ heartbeat }) => heartbeat.stop()));
    await Promise.all(gateways.map(({ directory }) => directory.onApplicationShutdown()));
    workers.forEach(worker => worker.disconnect());
    gateways.forEach(({ connection }) => connection.disconnect());
    await server.stop();
  }
}

function redisAt(url: string) {
  const settings = { redisTrustedCA: true, connectTimeoutMs: 10_000, commandTimeoutMs: 10_000, keyPrefix: 'rcs:' };
  return connectRedis({ url, ...settings }, logger);
}

function simulatedWorker(url: string, index: number, registrations: SignedRegistrations): SimulatedWorker {
  const connection = redisAt(url);
  const instance = `decrypt-worker-host-${index}-1f2e3d4c`;
  const state = { inFlight: 0 };
  const registration = () => ({
    instance,
    url: `https://10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:7080`,
    inFlight: state.inFlight,
    version: '0.1.0',
  });
  const heartbeat = new Heartbeat(registrations.announcement(connection), registration, heartbeatIntervalMs, logger);
  return Object.assign(state, { instance, heartbeat, disconnect: () => connection.disconnect() });
}

async function gateway(url: string, identity: InternalIdentity, registrations: SignedRegistrations) {
  const connection = redisAt(url);
  const connections = new WorkerConnections(
    new LiveIdentity(identity),
    { workerMaxConnection: 1, workerIdleTimeoutMs: 1000, playbackStartTimeoutMs: 1000 },
    logger,
  );
  const metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '0.1.0'));
  const directory = new WorkerDirectory(registrations.registry(connection), connections, metrics, logger);
  await directory.onApplicationBootstrap();
  return { directory, connection };
}

/** Playbacks that begin at random (Poisson) and last for random times (exponential). */
class Playbacks {
  started = 0;
  private chooseNanoseconds = 0n;
  private readonly running: { readonly until: number; readonly end: () => void }[] = [];

  constructor(
    private readonly workers: ReadonlyMap<string, SimulatedWorker>,
    private readonly directories: readonly WorkerDirectory[],
  ) {}

  get chooseMicroseconds(): number {
    return Number(this.chooseNanoseconds) / 1000 / this.started;
  }

  /** How even the load was, over samples taken on the way. */
  async runFor(durationMs: number) {
    const end = Date.now() + durationMs;
    const arrivalsPerMs = (this.workers.size * meanStreamsPerWorker) / meanPlaybackMs;
    const samples: { readonly mean: number; readonly p99: number; readonly max: number }[] = [];
    for (let last = Date.now(); last < end;) {
      await pause(tickMs);
      const now = Date.now();
      this.endThoseOver(now);
      for (let arrivals = poisson(arrivalsPerMs * (now - last)); arrivals > 0; arrivals--) this.start(now);
      last = now;
      samples.push(this.sample());
    }
    const of = (value: (sample: (typeof samples)[number]) => number): number => round(median(samples.map(value)));
    return { mean: of(({ mean }) => mean), p99: of(({ p99 }) => p99), max: of(({ max }) => max) };
  }

  private start(now: number): void {
    const directory = this.directories[this.started++ % this.directories.length];
    if (directory === undefined) throw new Error('there is no gateway');
    const before = process.hrtime.bigint();
    const { instance } = directory.choose(new Set());
    this.chooseNanoseconds += process.hrtime.bigint() - before;
    const worker = this.workers.get(instance);
    if (worker === undefined) throw new Error(`${instance} is no worker of ours`);
    const done = directory.begin(instance);
    worker.inFlight++;
    const end = (): void => {
      worker.inFlight--;
      done();
    };
    this.running.push({ until: now - Math.log(1 - Math.random()) * meanPlaybackMs, end });
  }

  private endThoseOver(now: number): void {
    const left = this.running.filter(({ until }) => until > now);
    for (const { until, end } of this.running) if (until <= now) end();
    this.running.splice(0, this.running.length, ...left);
  }

  private sample() {
    const loads = [...this.workers.values()].map(({ inFlight }) => inFlight).sort((a, b) => a - b);
    const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
    return { mean, p99: loads[Math.floor(loads.length * 0.99)] ?? 0, max: loads.at(-1) ?? 0 };
  }
}

async function listMilliseconds(registry: ReturnType<SignedRegistrations['registry']>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    const before = process.hrtime.bigint();
    await registry.list();
    times.push(Number(process.hrtime.bigint() - before) / 1e6);
  }
  return median(times);
}

/** One worker in ten falls silent, as after the loss of a zone. */
async function forgetting(
  workers: readonly SimulatedWorker[],
  gateways: readonly { readonly directory: WorkerDirectory }[],
): Promise<number> {
  const lost = workers.slice(0, workers.length / 10);
  lost.forEach(worker => worker.disconnect());
  const before = Date.now();
  while (gateways.some(({ directory }) => directory.count > workers.length - lost.length)) await pause(tickMs);
  return (Date.now() - before) / 1000;
}

function poisson(mean: number): number {
  // Normal approximation, good enough above ten.
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
}

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));
const round = (value: number): number => Number(value.toPrecision(3));

main().catch((error: unknown) => {
  process.stderr.write(`bench scaling: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
