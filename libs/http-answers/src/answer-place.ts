import { isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** A way to somebody who answers. */
export interface AnswerPlace {
  /** What stands in the Host field. */
  readonly host: string;
  /** What says that the connection stands, and that the other end is who it must be. */
  readonly standsAt: 'connect' | 'secureConnect';
  /** Begins a connection whose bytes go where `onread` says. */
  connect(onread: OnReadOpts): Socket;
}

const probeAfterMs = 60_000;

/** Small writes leave at once, and an other end that is lost is noticed. */
export const madeReady = <Made extends Socket>(socket: Made): Made =>
  socket.setNoDelay(true).setKeepAlive(true, probeAfterMs);

/** The host of a URL as a connection wants it: an address of IPv6 without its brackets. */
export const addressOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/**
 * Over TLS. Sessions are resumed: they are of one place and one identity.
 * @param onSocket told each connection as soon as the other end has shown its certificate
 */
export function overTls(url: URL, options: ConnectionOptions, onSocket?: (socket: TLSSocket) => void): AnswerPlace {
  const address = addressOf(url);
  const place = {
    host: address,
    port: Number(url.port || 443),
    ...(isIP(address) === 0 ? { servername: address } : {}),
    ALPNProtocols: ['http/1.1'],
  };
  let session: Buffer | undefined;
  return {
    host: url.host,
    standsAt: 'secureConnect',
    connect: onread => {
      // The types of Node leave `onread` out, which its sockets over TLS take as others do.
      const socket = connect({ ...place, ...options, ...(session && { session }), onread } as ConnectionOptions);
      socket.on('session', (given: Buffer) => (session = given));
      if (onSocket !== undefined) socket.once('secureConnect', () => onSocket(socket));
      return madeReady(socket);
    },
  };
}
