import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** One request as it came from the wire, and the socket to answer it by. */
export interface RawRequest {
  readonly number: number;
  readonly method: string;
  readonly range: string | undefined;
  readonly socket: Socket;
}

/** A storage that answers byte by byte as it is told: for the faults that Apache cannot be brought to. */
export class FaultyStorage {
  readonly requests: RawRequest[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(answer: (request: RawRequest) => void): Promise<FaultyStorage> {
    const server = createServer();
    const storage = new FaultyStorage(server);
    server.on('connection', socket => storage.serve(socket, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return storage;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/recordings`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket, answer: (request: RawRequest) => void): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    let received = '';
    socket.on('data', data => {
      received += data.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end);
        received = received.slice(end + 4);
        const method = head.split(' ', 1)[0] ?? '';
        const range = /^range: *(\S+)/im.exec(head)?.[1];
        const request = { number: this.requests.length + 1, method, range, socket };
        this.requests.push(request);
        answer(request);
      }
    });
  }
}

/** The head of an answer. */
export function head(status: string, fields: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`;
}
