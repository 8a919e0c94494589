import pLimit from 'p-limit';
import { RcsError } from '#platform';
import { LdapConnection, LdapConnectionError, type LdapTarget } from './ldap-connection.js';

export interface LdapConnectionsOptions {
  /** Tried in this order, beginning with the one that answered last. */
  readonly targets: readonly LdapTarget[];
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** Work that may wait for each connection; more is turned away at once. */
const waitingPerConnection = 16;

interface IdleConnection {
  readonly connection: LdapConnection;
  readonly expiry: NodeJS.Timeout;
}

/** Connections to the servers of one directory. Who gets one has it alone, and must bind before anything else. */
export class LdapConnections {
  private readonly limit;
  private readonly idle: IdleConnection[] = [];
  private preferred = 0;
  private closed = false;

  constructor(private readonly options: LdapConnectionsOptions) {
    this.limit = pLimit(options.maxConnections);
  }

  /**
   * Runs work that may be repeated: a kept connection can have been closed by the server without our knowing.
   * @throws LdapConnectionError when no server can be asked, RCS_OVERLOADED, and what the work throws.
   */
  async use<T>(work: (connection: LdapConnection) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.limit.pendingCount >= this.options.maxConnections * waitingPerConnection) {
      throw new RcsError('RCS_OVERLOADED', 'too many calls wait for the directory', { retryAfterMs: 1000 });
    }
    return this.limit(async () => {
      if (signal.aborted) throw new LdapConnectionError('no connection to the directory became free in time');
      const kept = this.takeIdle();
      if (kept !== undefined) {
        try {
          return await this.run(kept, work);
        } catch (error) {
          if (!(error instanceof LdapConnectionError)) throw error;
        }
      }
      return this.run(await this.open(signal), work);
    });
  }

  close(): void {
    this.closed = true;
    for (const { connection, expiry } of this.idle.splice(0)) {
      clearTimeout(expiry);
      connection.close();
    }
  }

  private async run<T>(connection: LdapConnection, work: (connection: LdapConnection) => Promise<T>): Promise<T> {
    try {
      return await work(connection);
    } finally {
      this.giveBack(connection);
    }
  }

  private async open(signal: AbortSignal): Promise<LdapConnection> {
    const { targets, connectTimeoutMs } = this.options;
    const failures: Error[] = [];
    for (let attempt = 0; attempt < targets.length && !signal.aborted; attempt++) {
      const index = (this.preferred + attempt) % targets.length;
      const target = targets[index];
      if (target === undefined) break;
      try {
        const connection = await LdapConnection.open(
          target,
          AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)]),
        );
        this.preferred = index;
        return connection;
      } catch (error) {
        failures.push(error as Error);
      }
    }
    if (failures.length === 0) throw new LdapConnectionError('no directory server answered in time');
    throw new LdapConnectionError(failures.map(({ message }) => message).join('; '), { cause: failures[0] });
  }

  private takeIdle(): LdapConnection | undefined {
    for (let kept = this.idle.pop(); kept !== undefined; kept = this.idle.pop()) {
      clearTimeout(kept.expiry);
      if (kept.connection.isUsable) return kept.connection;
      kept.connection.close();
    }
    return undefined;
  }

  private giveBack(connection: LdapConnection): void {
    if (!connection.isUsable || this.closed) {
      connection.close();
      return;
    }
    const expiry = setTimeout(() => {
      const index = this.idle.findIndex(kept => kept.connection === connection);
      if (index >= 0) this.idle.splice(index, 1);
      connection.close();
    }, this.options.idleTimeoutMs);
    expiry.unref();
    this.idle.push({ connection, expiry });
  }
}
