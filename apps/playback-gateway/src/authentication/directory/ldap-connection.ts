import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client, ResultCodeError, type Entry, type SearchOptions } from 'ldapts';
import { abortable } from '#platform';

/** How one directory server is reached. */
export interface LdapTarget {
  /** `ldap://` or `ldaps://`. */
  readonly url: string;
  /** Upgrades `ldap://` before anything is said (RFC 4513 section 3). */
  readonly startTls: boolean;
  readonly tls: ConnectionOptions;
}

const defaultPorts: Readonly<Record<string, number>> = { 'ldap:': 389, 'ldaps:': 636 };

/** The directory cannot be asked: no connection, none that is trusted, or no answer in time. */
export class LdapConnectionError extends Error {
  override readonly name = 'LdapConnectionError';
}

/**
 * One connection to a directory server. It never reconnects by itself: a new connection would carry passwords without the
 * StartTLS and without the identity that the old one had.
 */
export class LdapConnection {
  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
    readonly url: string,
  ) {}

  /** @throws LdapConnectionError */
  static async open(target: LdapTarget, signal: AbortSignal): Promise<LdapConnection> {
    const { hostname, port, protocol } = new URL(target.url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const tls = { ...target.tls, host, ...(isIP(host) === 0 ? { servername: host } : {}) };
    const address = { host, port: port === '' ? (defaultPorts[protocol] ?? 389) : Number(port) };
    const socket = protocol === 'ldaps:' ? connectTls({ ...tls, ...address }) : connect(address);
    const connection = new LdapConnection(clientOver(socket, target.url), socket, target.url);
    await connection.within(signal, established(socket, protocol === 'ldaps:' ? 'secureConnect' : 'connect'));
    if (target.startTls && protocol === 'ldap:') await connection.startTls(tls, signal);
    return connection;
  }

  get isUsable(): boolean {
    return !this.socket.destroyed && this.socket.readyState === 'open';
  }

  /** Simple bind (RFC 4513 section 5.1.3). @throws ResultCodeError when the directory refuses, LdapConnectionError. */
  async bind(distinguishedName: string, password: string, signal: AbortSignal): Promise<void> {
    // An empty password would be an unauthenticated bind, which succeeds for everybody (RFC 4513 section 5.1.2).
    if (password === '') throw new LdapConnectionError('a bind without a password proves nothing');
    await this.within(signal, this.client.bind(distinguishedName, password));
  }

  /** @throws ResultCodeError when the directory refuses, LdapConnectionError. */
  async search(base: string, options: SearchOptions, signal: AbortSignal): Promise<readonly Entry[]> {
    const { searchEntries } = await this.within(signal, this.client.search(base, options));
    return searchEntries;
  }

  close(): void {
    this.socket.destroy();
  }

  private async startTls(tls: ConnectionOptions, signal: AbortSignal): Promise<void> {
    try {
      await this.within(signal, this.client.startTLS(tls));
    } catch (error) {
      this.close();
      if (error instanceof LdapConnectionError) throw error;
      throw new LdapConnectionError(`${this.url}: StartTLS was refused: ${(error as Error).message}`, { cause: error });
    }
  }

  private async within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
    try {
      return await abortable(work, signal, () => new LdapConnectionError(`${this.url}: no answer in time`));
    } catch (error) {
      if (error instanceof ResultCodeError) throw error;
      this.close();
      if (error instanceof LdapConnectionError) throw error;
      throw new LdapConnectionError(`${this.url}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** ldapts takes the socket as it is; asked for a second one it gets none. */
function clientOver(socket: Socket, url: string): Client {
  let given = false;
  return new Client({
    url: url.replace(/^ldaps:/, 'ldap:'),
    strictDN: true,
    createConnection: () => {
      if (given) throw new LdapConnectionError(`${url}: the connection was lost`);
      given = true;
      return socket;
    },
  });
}

async function established(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once(event, resolve);
  });
  socket.removeAllListeners('error').removeAllListeners('close');
  // Until the client takes the socket over nobody else listens.
  socket.on('error', () => undefined);
}
