import { once } from 'node:events';
import { createServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { ServerGrpc, type GrpcOptions } from '@nestjs/microservices';
import { internalTlsOptions, type LiveIdentity, type WatchedSockets } from '#platform';

/** Time for the handshake, in which both sides show their certificates. */
const handshakeTimeoutMs = 10_000;

export interface GrpcPort {
  readonly host: string;
  readonly port: number;
  readonly identity: LiveIdentity;
  /** Ends connections of denied peers. */
  readonly sockets: Pick<WatchedSockets, 'watchServer'>;
  readonly channelOptions?: ServerOptions;
}

type Services = Pick<GrpcOptions['options'], 'package' | 'protoPath' | 'loader'>;

/**
 * The gRPC transport behind mutual TLS of its own: who is denied is turned away before a byte of HTTP/2 is read, and
 * loses open connections, each alone. The TLS that the gRPC library makes shows nobody its connections.
 */
export class MutualTlsGrpcServer extends ServerGrpc {
  private readonly tls: TlsServer;

  constructor(
    services: Services,
    private readonly listenOn: GrpcPort,
  ) {
    super({ ...services, gracefulShutdown: true });
    const { identity, sockets } = listenOn;
    this.tls = createServer({
      ...internalTlsOptions(identity.current),
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeTimeoutMs,
      noDelay: true,
      // What gRPC speaks (RFC 7301, RFC 9113 section 3.1).
      ALPNProtocols: ['h2'],
    });
    this.tls.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy());
    sockets.watchServer(this.tls);
    // New connections are made with it; those that are open go on.
    identity.onChange(renewed => this.tls.setSecureContext(internalTlsOptions(renewed)));
  }

  override async createClient(): Promise<Server> {
    const { host, port, channelOptions } = this.listenOn;
    const server = new Server(channelOptions);
    const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
    this.tls.on('secureConnection', socket => {
      // HTTP/2 hears of the errors of what it serves; nobody else would of one that ends on the way to it.
      socket.on('error', () => undefined);
      if (!socket.destroyed) connections.injectConnection(socket);
    });
    this.tls.listen(port, host);
    await once(this.tls, 'listening');
    return server;
  }

  override async close(): Promise<void> {
    this.tls.close();
    await super.close();
  }
}
