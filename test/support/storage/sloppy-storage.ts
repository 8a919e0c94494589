import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '../waiting/within.js';

/** How it behaves at the moment, towards who writes. */
export type Mood =
  /** Nothing is wrong. */
  | 'works'
  /** It has no room left: RFC 4918, 11.5. */
  | 'full'
  /** RFC 4918, 11.3. */
  | 'locked'
  /** It breaks off in the middle of a file. */
  | 'cuts'
  /** It takes the beginning of a file, and nothing more. */
  | 'stalls'
  /** It moves a file and breaks off before it says so. */
  | 'moves-silently';

/** A WebDAV server that keeps whatever it got of a file, whether the rest came or not. */
export class SloppyStorage {
  readonly files = new Map<string, Buffer>();
  mood: Mood = 'works';

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<SloppyStorage> {
    const server = createServer();
    await within('a listener', once(server.listen(0, '127.0.0.1'), 'listening'));
    return new SloppyStorage(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/files`;
  }

  get names(): string[] {
    return [...this.files.keys()].map(path => path.split('/').at(-1) ?? '').sort();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const file = this.files.get(path);
    const end = (status: number, headers: Record<string, string | number> = {}, body?: Buffer): void => {
      response.writeHead(status, headers).end(body);
    };
    switch (request.method) {
      case 'HEAD': {
        if (file === undefined) end(404);
        else end(200, { 'content-length': file.length });
        return;
      }
      case 'GET': {
        this.read(request, file, end);
        return;
      }
      case 'PUT':
        return this.write(path, request, response);
      case 'MKCOL': {
        end(201);
        return;
      }
      case 'MOVE': {
        this.move(path, request, response);
        return;
      }
      case 'DELETE': {
        end(this.files.delete(path) ? 204 : 404);
        return;
      }
      default: {
        end(405);
        return;
      }
    }
  }

  private read(
    { headers }: IncomingMessage,
    file: Buffer | undefined,
    end: (status: number, headers?: Record<string, string | number>, body?: Buffer) => void,
  ): void {
    if (file === undefined) return end(404);
    const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (first === '') return end(200, { 'content-length': file.length }, file);
    const part = file.subarray(Number(first), last === '' ? file.length : Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${file.length}`;
    end(206, { 'content-length': part.length, 'content-range': range }, part);
  }

  private async write(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { mood } = this;
    if (mood === 'full' || mood === 'locked') {
      response.writeHead(mood === 'full' ? 507 : 423).end();
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      pieces.push(piece);
      this.files.set(path, Buffer.concat(pieces));
      if (mood === 'cuts') {
        request.socket.destroy();
        return;
      }
      if (mood === 'stalls') return;
    }
    this.files.set(path, Buffer.concat(pieces));
    response.writeHead(201).end();
  }

  private move(path: string, { headers }: IncomingMessage, response: ServerResponse): void {
    const target = new URL(String(headers['destination'])).pathname;
    const file = this.files.get(path);
    if (file === undefined || this.files.has(target)) {
      response.writeHead(file === undefined ? 404 : 412).end();
      return;
    }
    this.files.delete(path);
    this.files.set(target, file);
    if (this.mood === 'moves-silently') response.destroy();
    else response.writeHead(201).end();
  }
}
