import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** A way to a worker. */
export interface WorkerPlace {
  /** What stands in the Host field. */
  readonly host: string;
  /** What says that the connection stands, and that the other end is who it must be. */
  readonly standsAt: 'connect' | 'secureConnect';
  /** Begins a connection whose bytes go where `onread` says. */
  connect(onread: OnReadOpts): Socket;
}

const probeAfterMs = 60_000;

/** Through the socket of a worker of this host. */
export const throughSocket = (path: string): WorkerPlace => ({
  host: 'worker.socket',
  standsAt: 'connect',
  connect: onread => connectPlain({ path, onread }),
});

/**
 * Over TLS. Sessions are resumed: they are of one place and one identity.
 * @param onSocket told each connection as soon as the worker has shown its certificate
 */
export function overTls(url: string, options: ConnectionOptions, onSocket: (socket: TLSSocket) => void): WorkerPlace {
  const { host, hostname, port } = new URL(url);
  const address = hostname.replace(/^\[|\]$/g, '');
  const place = {
    host: address,
    port: Number(port || 443),
    ...(isIP(address) === 0 ? { servername: address } : {}),
    ALPNProtocols: ['http/1.1'],
  };
  let session: Buffer | undefined;
  return {
    host,
    standsAt: 'secureConnect',
    connect: onread => {
      // The types of Node leave `onread` out, which its sockets over TLS take as others do.
      const socket = connectTls({ ...place, ...options, ...(session && { session }), onread } as ConnectionOptions);
      socket.on('session', (given: Buffer) => (session = given));
      socket.once('secureConnect', () => onSocket(socket));
      return socket.setNoDelay(true).setKeepAlive(true, probeAfterMs);
    },
  };
}
