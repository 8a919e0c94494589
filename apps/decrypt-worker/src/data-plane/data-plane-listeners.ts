import { createServer as createPlainServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import {
  answerBrokenRequest,
  boundListener,
  closeServer,
  internalTlsOptions,
  problemForm,
  type ListenerMetrics,
  type LiveIdentity,
  type Logger,
  type WatchedSockets,
} from '#platform';
import { SocketListener, type SocketPlace } from './socket-listener.js';

/** Time for the handshake, in which both sides show their certificates. */
const tlsHandshakeTimeoutMs = 10_000;
const times: ServerOptions = {
  /** Longer than the gateways keep an idle connection, so that they close it and no request meets a closing socket. */
  keepAliveTimeout: 75_000,
  headersTimeout: 10_000,
  /** A part of an archive comes as long as it takes; what is read as a whole has its own bound. */
  requestTimeout: 0,
  noDelay: true,
};

/** What the listeners of a data plane need. */
export interface ListenerParts {
  readonly identity: LiveIdentity;
  readonly logger: Logger;
  readonly maxConnections: number;
  readonly metrics: ListenerMetrics;
  readonly sockets?: Pick<WatchedSockets, 'watchServer'> | undefined;
}

/** Where gateways reach a worker: mutual TLS for all, and a socket for those of its host. The same requests on both. */
export class DataPlaneListeners {
  private readonly overTls: SecureServer;
  private readonly ofThisHost = new WeakSet<Socket>();
  private onSocket: SocketListener | undefined;

  constructor(
    private readonly parts: ListenerParts,
    private readonly answer: Parameters<typeof createPlainServer>[1],
  ) {
    const { identity, sockets } = parts;
    this.overTls = createSecureServer({
      ...internalTlsOptions(identity.current),
      ...times,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: tlsHandshakeTimeoutMs,
    });
    // New connections are made with it; those that are open go on.
    identity.onChange(renewed => this.overTls.setSecureContext(internalTlsOptions(renewed)));
    this.prepare(this.overTls, 'data-plane');
    sockets?.watchServer(this.overTls);
  }

  async listen(host: string, port: number): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.overTls.once('error', reject);
      this.overTls.listen(port, host, resolve);
    });
    return this.overTls.address() as AddressInfo;
  }

  /** @throws ConfigurationError where the directory cannot be trusted */
  async listenOnSocket(place: SocketPlace, instance: string): Promise<void> {
    const onSocket = new SocketListener(place, instance, () => this.socketServer(), this.parts.logger);
    await onSocket.open();
    this.onSocket = onSocket;
  }

  /** Whether it came through the socket, which the user of this process alone can reach. */
  isOfThisHost(socket: Socket): boolean {
    return this.ofThisHost.has(socket);
  }

  async close(deadline: AbortSignal): Promise<void> {
    await Promise.all([
      this.onSocket?.close(deadline),
      closeServer(this.overTls, deadline, () => new Promise<void>(resolve => this.overTls.close(() => resolve()))),
    ]);
  }

  private socketServer(): Server {
    const server = createPlainServer(times);
    server.on('connection', socket => this.ofThisHost.add(socket));
    this.prepare(server, 'data-plane-socket');
    return server;
  }

  private prepare(server: Server, name: string): void {
    const { logger, maxConnections, metrics } = this.parts;
    server.on(
      'clientError',
      answerBrokenRequest(logger, () => problemForm),
    );
    boundListener(server, { name, maxConnections }, metrics);
    if (this.answer !== undefined) server.on('request', this.answer);
  }
}
