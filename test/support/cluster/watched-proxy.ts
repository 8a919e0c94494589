import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { within } from '#test/waiting/within.js';

/** What passes a proxy: a piece of a request, or of an answer. */
export interface Passing {
  readonly direction: 'request' | 'answer';
  readonly bytes: Buffer;
}

/** Stands between two processes and shows what passes before it passes it on; answering false, nothing passes any more. */
export class WatchedProxy {
  private readonly sockets = new Set<Socket>();
  watch: (passing: Passing) => boolean = () => true;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async before(url: string): Promise<WatchedProxy> {
    const target = new URL(url);
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await within('the proxy to listen', once(server, 'listening'));
    const proxy = new WatchedProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', client => {
      const upstream = connect({ port: Number(target.port), host: target.hostname, allowHalfOpen: true });
      proxy.join(client, upstream, 'request');
      proxy.join(upstream, client, 'answer');
    });
    return proxy;
  }

  /** The same address, by way of this proxy. */
  url(original: string): string {
    const url = new URL(original);
    url.port = String(this.port);
    return url.href.replace(/\/$/, '');
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await within('the proxy to close', once(this.server, 'close'));
  }

  private join(from: Socket, to: Socket, direction: Passing['direction']): void {
    this.sockets.add(from);
    from.on('data', bytes => {
      if (this.watch({ direction, bytes })) to.write(bytes);
      else for (const socket of [from, to]) socket.destroy();
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
