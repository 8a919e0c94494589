import { Inject, Injectable, Optional } from '@nestjs/common';
import type { TLSSocket } from 'node:tls';
import { buildConnector, Pool } from 'undici';
import type { OwnWorker, WorkerRegistration } from '#contracts';
import { overTls, SilenceWatch, type AnswerPlace } from '#http-answers';
import {
  describeError,
  internalTlsOptions,
  LiveIdentity,
  serverMustBe,
  type DeniedCertificates,
  type Logger,
  type ServerSettings,
  WatchedSockets,
} from '#platform';
import { LOGGER, OWN_WORKER, SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { AnswerPool } from './answers/answer-pool.js';
import { throughSocket } from './answers/worker-socket.js';
import { NearbyWorkers } from './nearby-workers.js';
import { WorkerWays } from './worker-ways.js';

/** Shorter than the workers keep idle connections. */
const keepAliveTimeoutMs = 30_000;
const connectTimeoutMs = 2000;

/** `workerServerName` is the name in the certificates of workers; the host of their URL when absent. */
export type WorkerConnectionSettings = Pick<
  ServerSettings,
  'workerMaxConnection' | 'workerIdleTimeoutMs' | 'playbackStartTimeoutMs' | 'workerServerName'
>;

/** What stands in the Host field of requests through a socket. */
const socketOrigin = 'http://worker.socket';

/**
 * Keep-alive pools to the data planes, one per worker: over mutual TLS, where a peer must carry the role decrypt-worker;
 * to workers of this host through their sockets, too.
 */
@Injectable()
export class WorkerConnections {
  private readonly pools = new Map<string, WorkerWays>();
  private readonly socketPools = new Map<string, WorkerWays>();
  private readonly silence = new SilenceWatch();
  private denied: string;

  constructor(
    private readonly identity: LiveIdentity,
    @Inject(SERVER_SETTINGS) private readonly settings: WorkerConnectionSettings,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(WatchedSockets) private readonly sockets?: Pick<WatchedSockets, 'watch'>,
    @Optional() @Inject(NearbyWorkers) private readonly nearby?: NearbyWorkers,
    @Optional() @Inject(OWN_WORKER) private readonly own?: OwnWorker,
  ) {
    this.denied = entriesOf(identity.current.denied);
    identity.onChange(() => this.renew());
  }

  /** By a call, where it is the worker in this process. */
  inProcess({ instance }: Pick<WorkerRegistration, 'instance'>): OwnWorker | undefined {
    return this.own?.instance === instance ? this.own : undefined;
  }

  /** Over TLS. */
  to(url: string): WorkerWays {
    return pooled(this.pools, url, () => {
      const options = {
        ...internalTlsOptions(this.identity.current),
        checkServerIdentity: serverMustBe('decrypt-worker', this.identity.current.denied),
        ...(this.settings.workerServerName === undefined ? {} : { servername: this.settings.workerServerName }),
      };
      const connect = this.watched({ ...options, timeout: connectTimeoutMs });
      const place = overTls(new URL(url), options, socket => this.sockets?.watch(socket));
      return new WorkerWays(new Pool(url, { ...this.bounds, connect }), this.bodies(place));
    });
  }

  /** Through the socket of a worker of this host; undefined where it has none. */
  throughSocket({ instance }: Pick<WorkerRegistration, 'instance'>): WorkerWays | undefined {
    const path = this.nearby?.socketOf(instance);
    if (path === undefined) return undefined;
    const connect = { socketPath: path, timeout: connectTimeoutMs };
    return pooled(
      this.socketPools,
      path,
      () => new WorkerWays(new Pool(socketOrigin, { ...this.bounds, connect }), this.bodies(throughSocket(path))),
    );
  }

  isNear(instance: string): boolean {
    return this.nearby?.socketOf(instance) !== undefined;
  }

  /** Its socket refuses: TLS is the way until it was looked for again. */
  socketLost({ instance }: Pick<WorkerRegistration, 'instance'>): void {
    this.nearby?.lost(instance);
  }

  private get bounds(): Pool.Options {
    return {
      connections: this.settings.workerMaxConnection,
      pipelining: 1,
      keepAliveTimeout: keepAliveTimeoutMs,
      headersTimeout: this.settings.playbackStartTimeoutMs,
      bodyTimeout: this.settings.workerIdleTimeoutMs,
    };
  }

  private bodies(place: AnswerPlace): AnswerPool {
    const { workerMaxConnection: connections, workerIdleTimeoutMs, playbackStartTimeoutMs } = this.settings;
    const times = {
      connect: connectTimeoutMs,
      head: playbackStartTimeoutMs,
      body: workerIdleTimeoutMs,
      idle: keepAliveTimeoutMs,
    };
    return new AnswerPool(place, { connections, times }, this.silence);
  }

  /** Ends connections to workers whose certificates are denied meanwhile. */
  private watched(options: buildConnector.BuildOptions): buildConnector.connector {
    const connect = buildConnector(options);
    return (target, done) =>
      connect(target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
        if (error !== null) {
          done(error, null);
          return;
        }
        this.sockets?.watch(socket as TLSSocket);
        done(null, socket);
      });
  }

  /**
   * New requests go over connections with the new identity; answers that are coming in are read to their end. A socket
   * shows no certificate: when others are denied, all are left at once, until registrations were verified anew.
   */
  private renew(): void {
    this.closeSoon(taken(this.pools), pool => pool.close());
    const denied = entriesOf(this.identity.current.denied);
    if (denied === this.denied) return;
    this.denied = denied;
    this.nearby?.loseAll();
    this.closeSoon(taken(this.socketPools), pool => pool.destroy());
  }

  /** Looks for the sockets of these workers, and gives back the pools of others that are gone. */
  async keepOnly(workers: readonly WorkerRegistration[]): Promise<void> {
    this.nearby?.look(workers.map(({ instance }) => instance));
    const urls = new Set(workers.map(({ url }) => url));
    const sockets = new Set(workers.map(({ instance }) => this.nearby?.socketOf(instance)));
    const gone = [...taken(this.pools, url => !urls.has(url)), ...taken(this.socketPools, path => !sockets.has(path))];
    await Promise.all(gone.map(pool => pool.close()));
  }

  async close(): Promise<void> {
    await Promise.all([...taken(this.pools), ...taken(this.socketPools)].map(pool => pool.destroy()));
    this.nearby?.close();
  }

  private closeSoon(pools: readonly WorkerWays[], close: (ways: WorkerWays) => Promise<void>): void {
    Promise.all(pools.map(close)).catch((error: unknown) => {
      this.logger.warn({ error: describeError(error) }, 'connections with the former identity could not be closed');
    });
  }
}

function pooled(pools: Map<string, WorkerWays>, place: string, make: () => WorkerWays): WorkerWays {
  const known = pools.get(place);
  if (known !== undefined) return known;
  const pool = make();
  pools.set(place, pool);
  return pool;
}

/** Takes pools out. */
function taken(pools: Map<string, WorkerWays>, which: (place: string) => boolean = () => true): WorkerWays[] {
  const found = [...pools].filter(([place]) => which(place));
  found.forEach(([place]) => pools.delete(place));
  return found.map(([, pool]) => pool);
}

const entriesOf = (denied: DeniedCertificates | undefined): string =>
  [...(denied?.fingerprints ?? []), ...(denied?.serialNumbers ?? [])].sort().join();
