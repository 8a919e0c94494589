import { Pool, type Dispatcher } from 'undici';
import { internalTlsOptions, serverMustBe, type InternalIdentity } from '#platform';

/** Shorter than the workers keep idle connections. */
const keepAliveTimeoutMs = 30_000;
const connectTimeoutMs = 2000;

export interface WorkerConnectionOptions {
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  readonly startTimeoutMs: number;
  /** Name in the certificates of workers; the host of their URL when absent. */
  readonly serverName?: string | undefined;
}

/** Keep-alive pools to the data planes, one per worker, over mutual TLS; a peer must carry the role decrypt-worker. */
export class WorkerConnections {
  private readonly pools = new Map<string, Pool>();

  constructor(
    private identity: InternalIdentity,
    private readonly options: WorkerConnectionOptions,
  ) {}

  to(url: string): Dispatcher {
    const known = this.pools.get(url);
    if (known !== undefined) return known;
    const pool = new Pool(url, {
      connections: this.options.maxConnections,
      pipelining: 1,
      keepAliveTimeout: keepAliveTimeoutMs,
      headersTimeout: this.options.startTimeoutMs,
      bodyTimeout: this.options.idleTimeoutMs,
      connect: {
        ...internalTlsOptions(this.identity),
        checkServerIdentity: serverMustBe('decrypt-worker'),
        timeout: connectTimeoutMs,
        ...(this.options.serverName === undefined ? {} : { servername: this.options.serverName }),
      },
    });
    this.pools.set(url, pool);
    return pool;
  }

  /** New requests go over connections with this identity; answers that are coming in are read to their end. */
  async useIdentity(identity: InternalIdentity): Promise<void> {
    this.identity = identity;
    const former = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(former.map(pool => pool.close()));
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
