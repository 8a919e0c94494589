import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** A way to a storage. */
export interface StoragePlace {
  /** What stands in the Host field. */
  readonly host: string;
  /** What says that the connection stands, and that the other end is who it must be. */
  readonly standsAt: 'connect' | 'secureConnect';
  /** Begins a connection whose bytes go where `onread` says. */
  connect(onread: OnReadOpts): Socket;
}

const probeAfterMs = 60_000;

/**
 * @param url of the storage
 * @param tls whom to trust, and what to show, where it is `https`. Sessions are resumed: they are of one storage and one identity.
 */
export function storagePlace({ protocol, host, hostname, port }: URL, tls: ConnectionOptions): StoragePlace {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') {
    const place = { host: address, port: Number(port || 80) };
    return { host, standsAt: 'connect', connect: onread => ready(connectPlain({ ...place, onread })) };
  }
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
      const socket = connectTls({ ...place, ...tls, ...(session && { session }), onread } as ConnectionOptions);
      socket.on('session', (given: Buffer) => (session = given));
      return ready(socket);
    },
  };
}

const ready = (socket: Socket): Socket => socket.setNoDelay(true).setKeepAlive(true, probeAfterMs);
