import { Pool, type Dispatcher } from 'undici';
import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import { storageError } from './storage-errors.js';
import { WebDavCredentials } from './webdav-credentials.js';

/** A 401 leads to one more try, and a stale nonce to another. */
const maximumAttempts = 3;

/** Keep-alive connections to one storage, with its credentials and trust. */
export class WebDavConnection {
  private readonly pool: Pool;
  private readonly credentials: WebDavCredentials;
  private readonly basePath: string;
  /** Scheme and host, for messages. */
  readonly name: string;
  /** The longest a transfer may take, milliseconds. */
  readonly totalTimeoutMs: number;

  constructor(
    configuration: MediaStorageConfiguration,
    private readonly observer: StorageObserver,
  ) {
    const url = new URL(configuration.url);
    this.name = url.origin;
    this.totalTimeoutMs = configuration.totalTimeoutMs;
    this.basePath = url.pathname.replace(/\/+$/, '');
    this.credentials = new WebDavCredentials(configuration.userName, configuration.password);
    this.pool = new Pool(url.origin, {
      connections: configuration.maxConnections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: configuration.headersTimeoutMs,
      bodyTimeout: configuration.idleTimeoutMs,
      connect: { timeout: configuration.connectTimeoutMs, ...trustOptions(configuration.trustedCA) },
    });
  }

  /** The request target of a file: every name encoded once. */
  target(segments: readonly string[]): string {
    return `${this.basePath}/${segments.map(encodeURIComponent).join('/')}`;
  }

  /** One GET or HEAD; any status is an answer. @throws RcsError when there is none. */
  async request(
    method: 'GET' | 'HEAD',
    target: string,
    range: string | undefined,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    try {
      for (let attempt = 1; ; attempt++) {
        const authorization = this.credentials.authorization(method, target);
        const response = await this.pool.request({
          method,
          path: target,
          signal,
          headers: {
            ...(authorization === undefined ? {} : { authorization }),
            ...(range === undefined ? {} : { range }),
          },
        });
        this.observer.requested(response.statusCode);
        if (response.statusCode !== 401 || attempt >= maximumAttempts) return response;
        if (!this.credentials.challenged(challengesOf(response), authorization)) return response;
        await response.body.dump({ limit: 64 * 1024, signal });
      }
    } catch (error) {
      this.observer.requested('failed');
      throw storageError(error, this.name, signal);
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function trustOptions(trustedCA: MediaStorageConfiguration['trustedCA']): { rejectUnauthorized: boolean; ca?: string } {
  if (typeof trustedCA === 'boolean') return { rejectUnauthorized: trustedCA };
  return { rejectUnauthorized: true, ca: trustedCA.pem };
}

function challengesOf({ headers }: Dispatcher.ResponseData): string {
  const header = headers['www-authenticate'];
  return Array.isArray(header) ? header.join(', ') : (header ?? '');
}
