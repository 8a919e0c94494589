import { tracingChannel } from 'node:diagnostics_channel';
import { Histogram, type Registry } from 'prom-client';
import type { RedisConnection } from '../redis-connection.js';
import { internalLatencyBuckets } from './latency-buckets.js';
import { observeGauge } from './metrics-registry.js';

interface CommandContext {
  readonly command?: unknown;
  readonly error?: unknown;
}

/** What ioredis reports of every command of this process, over its own diagnostics channel. */
const commands = tracingChannel<string, CommandContext>('ioredis:command');

/** How Redis answers. The label is the name of the command, of which the product uses a few. */
export class RedisMetrics {
  readonly commandSeconds: Histogram<'command' | 'outcome'>;
  private readonly started = new WeakMap<object, bigint>();

  constructor(private readonly registry: Registry) {
    this.commandSeconds = new Histogram({
      name: 'rcs_redis_command_seconds',
      help: 'Time from a command to the answer of Redis, by command and outcome: ok or failed.',
      labelNames: ['command', 'outcome'],
      buckets: internalLatencyBuckets,
      registers: [registry],
    });
  }

  /**
   * Observes this connection, and the commands of all connections of the process, until the function that is returned is
   * called.
   */
  observe(redis: Pick<RedisConnection, 'status'>): () => void {
    observeGauge(this.registry, 'rcs_redis_connected', '1 while the connection to Redis stands.', () =>
      redis.status === 'ready' ? 1 : 0,
    );
    const subscribers = {
      start: (context: CommandContext) => void this.started.set(context, process.hrtime.bigint()),
      end: () => undefined,
      asyncStart: () => undefined,
      asyncEnd: (context: CommandContext) => this.ended(context),
      error: () => undefined,
    };
    commands.subscribe(subscribers);
    return () => {
      commands.unsubscribe(subscribers);
    };
  }

  private ended(context: CommandContext): void {
    const started = this.started.get(context);
    if (started === undefined) return;
    const command = String(context.command).toLowerCase();
    const outcome = context.error === undefined ? 'ok' : 'failed';
    this.commandSeconds.observe({ command, outcome }, Number(process.hrtime.bigint() - started) / 1e9);
  }
}
