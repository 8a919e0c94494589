import { Pool } from 'undici';
import { RcsError } from '#platform';
import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import { withoutInterimAnswers } from './interim-answers.js';
import { RangeConnections } from './ranges/range-connections.js';
import { storagePlace } from './ranges/storage-place.js';
import { StorageDispatcher } from './storage-dispatcher.js';
import { StorageExchange, type AnswerReceiver, type StorageAccess, type StorageRequest } from './storage-exchange.js';
import { WebDavCredentials, type RequestCredentials } from './webdav-credentials.js';

/** Requests that may wait for each connection; more are turned away at once. */
const waitingPerConnection = 16;
/** That a connection without a request is kept, unless the storage says less. */
const keptMs = 30_000;

/** Keep-alive connections to one storage, with its credentials and trust. */
export class WebDavConnection {
  private readonly requests: StorageDispatcher;
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
    const tls = {
      ...trustOptions(configuration.trustedCA),
      ...configuration.clientIdentity,
      ...(configuration.ciphers === undefined ? {} : { ciphers: configuration.ciphers }),
    };
    const pool = new Pool(url.origin, {
      connections: configuration.maxConnections,
      pipelining: 1,
      keepAliveTimeout: keptMs,
      headersTimeout: headersTimeoutMs,
      // Not counted while we have paused the body: a slow player is not the fault of the storage.
      bodyTimeout: idleTimeoutMs,
      connect: withoutInterimAnswers({ timeout: connectTimeoutMs, ...tls }),
    });
    const times = { connect: connectTimeoutMs, head: headersTimeoutMs, body: idleTimeoutMs, idle: keptMs };
    const ranges = new RangeConnections(storagePlace(url, tls), times);
    this.requests = new StorageDispatcher(pool, ranges, configuration.maxConnections);
    this.access = {
      name: this.name,
      dispatcher: this.requests,
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
    if (this.requests.waiting >= this.maximumWaiting) {
      throw new RcsError('RCS_OVERLOADED', `too many requests wait for storage ${this.name}`, { retryAfterMs: 1000 });
    }
    return new StorageExchange(this.access, request, receiver);
  }

  async close(): Promise<void> {
    const message = `the connections to storage ${this.name} are closed`;
    await this.requests.destroy(new RcsError('RCS_SHUTTING_DOWN', message));
  }
}

function trustOptions(trustedCA: MediaStorageConfiguration['trustedCA']): { rejectUnauthorized: boolean; ca?: string } {
  if (typeof trustedCA === 'boolean') return { rejectUnauthorized: trustedCA };
  return { rejectUnauthorized: true, ca: trustedCA.pem };
}
