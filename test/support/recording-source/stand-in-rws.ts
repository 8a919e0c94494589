import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { within } from '#test/waiting/within.js';

/** What the stand-in does when it is asked for one path. */
export type StandInAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** Interaction Recording Web Services that answer what they are told to, however wrong it is. */
export class StandInRws {
  readonly asked: string[] = [];
  private readonly answers = new Map<string, StandInAnswer>();

  private constructor(private readonly server: Server) {}

  static async start(userName: string, password: string): Promise<StandInRws> {
    const server = createServer();
    const standIn = new StandInRws(server);
    const account = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
    server.on('request', (request, response) => standIn.answer(request, response, account));
    server.listen(0, '127.0.0.1');
    await within('the stand-in to listen', once(server, 'listening'));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** @param path below /api/v2 */
  on(path: string, answer: StandInAnswer): void {
    this.answers.set(`/api/v2${path}`, answer);
  }

  onJson(path: string, body: unknown, status = 200): void {
    this.on(path, (_, response) => json(response, body, status));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await within('the end of the stand-in', once(this.server, 'close'));
  }

  private answer(request: IncomingMessage, response: ServerResponse, account: string): void {
    const path = request.url ?? '';
    this.asked.push(path);
    if (request.headers.authorization !== account) {
      json(response.setHeader('www-authenticate', 'Basic realm="RWS"'), { statusCode: 5 }, 401);
      return;
    }
    const answer = this.answers.get(path);
    if (answer === undefined) json(response, { statusCode: 6, statusMessage: 'no such recording' }, 404);
    else answer(request, response);
  }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' }).end(JSON.stringify(body));
}

/** Serves bytes as an RWS plays a file: with ranges. */
export function bytesOf(bytes: Buffer, entityTag = '"1"'): StandInAnswer {
  return (request, response) => {
    const [, start = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const fields = { 'content-type': 'audio/mpeg', etag: entityTag, 'accept-ranges': 'bytes' };
    if (start === '' && last === '') {
      response.writeHead(200, { ...fields, 'content-length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
      return;
    }
    const from = start === '' ? Math.max(0, bytes.length - Number(last)) : Number(start);
    const end = start === '' || last === '' ? bytes.length : Math.min(bytes.length, Number(last) + 1);
    response.writeHead(206, {
      ...fields,
      'content-length': end - from,
      'content-range': `bytes ${from}-${end - 1}/${bytes.length}`,
    });
    response.end(bytes.subarray(from, end));
  };
}
