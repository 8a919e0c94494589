import { Pool } from 'undici';
import { RcsError } from '#platform';
import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import { withoutInterimAnswers } from './interim-answers.js';
import { StorageExchange, type AnswerReceiver, type StorageAccess, type StorageRequest } from './storage-exchange.js';
import { WebDavCredentials, type RequestCredentials } from './webdav-credentials.js';

/** Requests that may wait for each connection; more are turned away at once. */
const waitingPerConnection = 16;

/** Keep-alive connections to one storage, with its credentials and trust. */
export class WebDavConnection {
  private readonly pool: Pool;
  private readonly access: StorageAccess;
  private readonly basePath: string;
  private readonly maximumWaiting: number;
  /** Scheme and host, for messages. */
  readonly name: string;
  /** The longest a transfer may take, milliseconds. */
  readonly totalTimeoutMs: number;

  /** @param credentials those of the configuration, once the storage asks for them, when absent */
  constructor(configuration: MediaStorageConfiguration, observer: StorageObserver, credentials?: RequestCredentials) {
    const { userName, password, connectTimeoutMs, headersTimeoutMs, idleTimeoutMs } = configuration;
    const url = new URL(configuration.url);
    this.name = url.origin;
    this.totalTimeoutMs = configuration.totalTimeoutMs;
    this.maximumWaiting = configuration.maxConnections * waitingPerConnection;
    this.basePath = url.pathname.replace(/\/+$/, '');
    this.pool = new Pool(url.origin, {
      connections: configuration.maxConnections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: headersTimeoutMs,
      // Not counted while we have paused the body: a slow player is not the fault of the storage.
      bodyTimeout: idleTimeoutMs,
      connect: withoutInterimAnswers({
        timeout: connectTimeoutMs,
        ...trustOptions(configuration.trustedCA),
        ...configuration.clientIdentity,
        ...(configuration.ciphers === undefined ? {} : { ciphers: configuration.ciphers }),
      }),
    });
    this.access = {
      name: this.name,
      dispatcher: this.pool,
      credentials: credentials ?? new WebDavCredentials(userName, password),
      observer,
      connectionTimeoutMs: connectTimeoutMs + headersTimeoutMs,
    };
  }

  /** The request target of a file: every name encoded once. */
  target(segments: readonly string[]): string {
    return `${this.basePath}/${segments.map(encodeURIComponent).join('/')}`;
  }

  /** Sends a request; everything further, failures too, is told to the receiver. */
  exchange(request: StorageRequest, receiver: AnswerReceiver): StorageExchange {
    if (this.pool.stats.queued >= this.maximumWaiting) {
      throw new RcsError('RCS_OVERLOADED', `too many requests wait for storage ${this.name}`, { retryAfterMs: 1000 });
    }
    return new StorageExchange(this.access, request, receiver);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function trustOptions(trustedCA: MediaStorageConfiguration['trustedCA']): { rejectUnauthorized: boolean; ca?: string } {
  if (typeof trustedCA === 'boolean') return { rejectUnauthorized: trustedCA };
  return { rejectUnauthorized: true, ca: trustedCA.pem };
}
