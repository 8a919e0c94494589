import { Inject, Injectable, Optional } from '@nestjs/common';
import type { TLSSocket } from 'node:tls';
import { buildConnector, Pool, type Dispatcher } from 'undici';
import {
  describeError,
  internalTlsOptions,
  LiveIdentity,
  serverMustBe,
  type Logger,
  type ServerSettings,
  WatchedSockets,
} from '#platform';
import { LOGGER, SERVER_SETTINGS } from '../dependencies/injection-tokens.js';

/** Shorter than the workers keep idle connections. */
const keepAliveTimeoutMs = 30_000;
const connectTimeoutMs = 2000;

/** `workerServerName` is the name in the certificates of workers; the host of their URL when absent. */
export type WorkerConnectionSettings = Pick<
  ServerSettings,
  'workerMaxConnection' | 'workerIdleTimeoutMs' | 'playbackStartTimeoutMs' | 'workerServerName'
>;

/** Keep-alive pools to the data planes, one per worker, over mutual TLS; a peer must carry the role decrypt-worker. */
@Injectable()
export class WorkerConnections {
  private readonly pools = new Map<string, Pool>();

  constructor(
    private readonly identity: LiveIdentity,
    @Inject(SERVER_SETTINGS) private readonly settings: WorkerConnectionSettings,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(WatchedSockets) private readonly sockets?: Pick<WatchedSockets, 'watch'>,
  ) {
    identity.onChange(() => this.renew());
  }

  to(url: string): Dispatcher {
    const known = this.pools.get(url);
    if (known !== undefined) return known;
    const pool = new Pool(url, {
      connections: this.settings.workerMaxConnection,
      pipelining: 1,
      keepAliveTimeout: keepAliveTimeoutMs,
      headersTimeout: this.settings.playbackStartTimeoutMs,
      bodyTimeout: this.settings.workerIdleTimeoutMs,
      connect: this.watched({
        ...internalTlsOptions(this.identity.current),
        checkServerIdentity: serverMustBe('decrypt-worker', this.identity.current.denied),
        timeout: connectTimeoutMs,
        ...(this.settings.workerServerName === undefined ? {} : { servername: this.settings.workerServerName }),
      }),
    });
    this.pools.set(url, pool);
    return pool;
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

  /** New requests go over connections with the new identity; answers that are coming in are read to their end. */
  private renew(): void {
    const former = [...this.pools.values()];
    this.pools.clear();
    Promise.all(former.map(pool => pool.close())).catch((error: unknown) => {
      this.logger.warn({ error: describeError(error) }, 'connections with the former identity could not be closed');
    });
  }

  /** Gives back the pools of workers that are gone. */
  async keepOnly(urls: ReadonlySet<string>): Promise<void> {
    const gone = [...this.pools].filter(([url]) => !urls.has(url));
    gone.forEach(([url]) => this.pools.delete(url));
    await Promise.all(gone.map(([, pool]) => pool.close()));
  }

  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map(pool => pool.destroy()));
  }
}
