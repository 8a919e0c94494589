import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { WorkerRegistry, type WorkerRegistration } from '#contracts';
import { describeError, RcsError, type Logger } from '#platform';
import { LOGGER } from '../dependencies/injection-tokens.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { chooseWorker } from './choose-worker.js';
import { WorkerConnections } from './worker-connections.js';

const refreshIntervalMs = 1000;
/** A worker that failed is left alone for this long. */
const suspensionMs = 2000;
/** A worker that has the media open may have so many requests more than another: to open it again costs a use of the key. */
const worthOfOpenMedia = 4;
/** A worker of this process, or of this host and asked over its socket, may have so many requests more than another: TLS is a quarter of what a byte costs. */
const worthOfNearness = 32;

/** A worker and what it has to do: what it said at its last heartbeat, and what this gateway asks of it now. */
class Candidate {
  constructor(
    readonly registration: WorkerRegistration,
    private readonly ownRequests: ReadonlyMap<string, number>,
  ) {}

  get instance(): string {
    return this.registration.instance;
  }

  get load(): number {
    return this.registration.inFlight + (this.ownRequests.get(this.instance) ?? 0);
  }
}

/**
 * Which workers there are and which one comes next. When the registry cannot be read the last known workers stay in
 * use: playing goes on while Redis is away.
 */
@Injectable()
export class WorkerDirectory implements OnApplicationBootstrap, OnApplicationShutdown {
  private candidates: readonly Candidate[] = [];
  /** The one of this process, then those of this host. */
  private nearest: readonly (readonly Candidate[])[] = [];
  private byInstance: ReadonlyMap<string, Candidate> = new Map();
  private readonly ownRequests = new Map<string, number>();
  private readonly suspendedUntil = new Map<string, number>();
  private refreshing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly registry: WorkerRegistry,
    private readonly connections: WorkerConnections,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => {
      this.refreshing = this.refreshing.then(() => this.refresh());
    }, refreshIntervalMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.refreshing;
    await this.connections.close();
  }

  /** All that are known now. */
  get all(): readonly WorkerRegistration[] {
    return this.candidates.map(({ registration }) => registration);
  }

  get count(): number {
    return this.candidates.length;
  }

  /**
   * The worker for the next request, never one of `except`; the one of this process, or one of this host, unless it is much busier than others.
   * @param holder the instance that has the media open, which is taken unless it is much busier or failed a moment ago
   * @throws RcsError RCS_NO_WORKER
   */
  choose(except: ReadonlySet<string>, holder?: string): WorkerRegistration {
    const chosen = this.best(except);
    if (chosen === undefined)
      throw new RcsError('RCS_NO_WORKER', `none of ${this.count} workers is left`, { retryAfterMs: 2000 });
    const holding = holder === undefined || except.has(holder) ? undefined : this.byInstance.get(holder);
    const isBetter =
      holding !== undefined &&
      !this.isSuspended(holding.instance, performance.now()) &&
      holding.load <= chosen.load + worthOfOpenMedia;
    return (isBetter ? holding : chosen).registration;
  }

  private best(except: ReadonlySet<string>): Candidate | undefined {
    const anywhere = chooseWorker(this.possible(except), Math.random);
    if (anywhere === undefined) return undefined;
    const now = performance.now();
    for (const near of this.nearest) {
      const possible = near.filter(({ instance }) => !except.has(instance) && !this.isSuspended(instance, now));
      const chosen = chooseWorker(possible, Math.random);
      if (chosen !== undefined && chosen.load <= anywhere.load + worthOfNearness) return chosen;
    }
    return anywhere;
  }

  /** Without those that failed a moment ago, unless no other is left. */
  private possible(except: ReadonlySet<string>): readonly Candidate[] {
    const allowed =
      except.size === 0 ? this.candidates : this.candidates.filter(({ instance }) => !except.has(instance));
    if (this.suspendedUntil.size === 0) return allowed;
    const now = performance.now();
    const healthy = allowed.filter(({ instance }) => !this.isSuspended(instance, now));
    return healthy.length > 0 ? healthy : allowed;
  }

  private isSuspended(instance: string, now: number): boolean {
    return (this.suspendedUntil.get(instance) ?? 0) > now;
  }

  /** Counts a request to a worker until the function that is returned is called. */
  begin(instance: string): () => void {
    this.ownRequests.set(instance, (this.ownRequests.get(instance) ?? 0) + 1);
    return () => {
      const left = (this.ownRequests.get(instance) ?? 1) - 1;
      if (left > 0) this.ownRequests.set(instance, left);
      else this.ownRequests.delete(instance);
    };
  }

  suspend(instance: string): void {
    this.metrics.workerSuspensions.inc();
    this.suspendedUntil.set(instance, performance.now() + suspensionMs);
  }

  private async refresh(): Promise<void> {
    try {
      const found = await this.registry.list();
      this.connections.keepOnly(found).catch((error: unknown) => {
        this.logger.warn({ error: describeError(error) }, 'connections to a worker that left could not be closed');
      });
      const instances = new Set(found.map(({ instance }) => instance));
      this.candidates = found.map(registration => new Candidate(registration, this.ownRequests));
      this.byInstance = new Map(this.candidates.map(candidate => [candidate.instance, candidate]));
      const own = this.candidates.filter(({ registration }) => this.connections.inProcess(registration) !== undefined);
      const nearby = this.candidates.filter(({ instance }) => this.connections.isNear(instance));
      this.nearest = [own, nearby].filter(({ length }) => length > 0);
      this.metrics.workers.set(found.length);
      this.metrics.nearbyWorkers.set(nearby.length);
      this.metrics.registryRead();
      const now = performance.now();
      for (const [instance, until] of this.suspendedUntil)
        if (!instances.has(instance) || until <= now) this.suspendedUntil.delete(instance);
    } catch (error) {
      this.logger.warn({ error: describeError(error), workers: this.count }, 'the worker registry cannot be read');
    }
  }
}
