import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

const headEnd = '\r\n\r\n';

/** One request as it came from the wire, and the socket to answer it by. */
export interface RawRequest {
  readonly number: number;
  readonly method: string;
  /** Its path, as it came. */
  readonly target: string;
  readonly range: string | undefined;
  /** The head as it came. */
  readonly head: string;
  /** As long as `Content-Length` says. */
  readonly body: Buffer;
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

  /** Connections that are open now. */
  get connections(): number {
    return this.sockets.size;
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
    let received = Buffer.alloc(0);
    // eslint-disable-next-line no-restricted-syntax -- a raw socket whose errors are heard above
    socket.on('data', data => {
      received = Buffer.concat([received, data]);
      for (let end = received.indexOf(headEnd); end >= 0; end = received.indexOf(headEnd)) {
        const head = received.toString('latin1', 0, end);
        const bodyEnd = end + headEnd.length + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
        if (received.length < bodyEnd) return;
        const body = received.subarray(end + headEnd.length, bodyEnd);
        received = received.subarray(bodyEnd);
        const [method = '', target = ''] = head.split(' ', 2);
        const range = /^range: *(\S+)/im.exec(head)?.[1];
        const request = { number: this.requests.length + 1, method, target, range, head, body, socket };
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
