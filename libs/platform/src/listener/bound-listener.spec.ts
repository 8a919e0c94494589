import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { createLogger } from '../logging/logger.js';
import { ListenerMetrics } from '../metrics/listener-metrics.js';
import { internalTlsOptions } from '../tls/internal-identity.js';
import { boundListener } from './bound-listener.js';
import { answerBrokenRequest } from './broken-request.js';

const logger = createLogger('test', 'test', 'silent');
let registry: Registry;
let server: Server;

async function listen(made: Server, maxConnections: number): Promise<number> {
  server = made;
  registry = new Registry();
  server.on('clientError', answerBrokenRequest(logger));
  boundListener(server, { name: 'test', maxConnections }, new ListenerMetrics(registry));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function open(port: number): Socket {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  socket.on('error', () => undefined);
  return socket;
}

const closed = (socket: Socket): Promise<unknown> =>
  Promise.race([once(socket.resume(), 'end'), once(socket, 'close')]).then(() => socket.destroy());

afterEach(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

describe(boundListener.name, () => {
  it('closes connections over the limit as they are made, counts them, and serves the others', async () => {
    const port = await listen(
      createServer((_request, response) => response.end('served')),
      5,
    );
    const sockets = Array.from({ length: 50 }, () => open(port));
    let open_ = sockets.length;
    const overLimit = new Promise<void>(resolve => {
      for (const socket of sockets) void closed(socket).then(() => (--open_ === 5 ? resolve() : undefined));
    });
    await overLimit;
    const metrics = await registry.metrics();
    expect(metrics).toContain('rcs_listener_connections_refused_total{listener="test"} 45');
    expect(metrics).toContain('rcs_listener_connections{listener="test"} 5');
    const served = sockets.find(({ destroyed }) => !destroyed)!;
    served.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await once(served, 'data');
    for (const socket of sockets) socket.destroy();
  });

  it('closes fifty connections that never begin TLS, and those that begin with something else', async () => {
    const identity = await (await InternalAuthority.create()).issue('decrypt-worker');
    const port = await listen(createTlsServer({ ...internalTlsOptions(identity), handshakeTimeout: 300 }), 1000);
    const silent = Array.from({ length: 50 }, () => open(port));
    const noisy = ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', '\x16\x03\x01\x02\x00\x01', '\0'.repeat(600)].map(bytes => {
      const socket = open(port);
      socket.write(bytes, 'latin1');
      return socket;
    });
    await Promise.all([...silent, ...noisy].map(closed));
    const left = (): Promise<number> =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      );
    while ((await left()) > 0) await new Promise(resolve => setTimeout(resolve, 10));
  });

  it('answers what cannot be read with the header fields of every answer', async () => {
    const port = await listen(createServer(), 5);
    const socket = open(port);
    socket.write('NONSENSE\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    for (const field of [/x-request-id: [0-9a-f-]{36}/, /x-content-type-options: nosniff/, /x-frame-options: DENY/])
      expect(answer).toMatch(field);
    expect(answer).toMatch(/\r\n\r\n\{"statusCode":2,"statusMessage":"[^"]+"\}$/);
  });

  it.each([
    ['FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 501],
    ['GETS /a HTTP/1.0\r\n\r\n', 501],
    ['FOO\r\n\r\n', 400],
    ['\x16\x03\x01 / HTTP/1.1\r\n\r\n', 400],
  ])('tells a method that nobody knows from what is no request: %j', async (bytes, status) => {
    const port = await listen(
      createServer((_request, response) => response.end('served')),
      5,
    );
    const socket = open(port);
    socket.write(bytes, 'latin1');
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('writes no refusal into an answer that is under way', async () => {
    const slow = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 50 };
    const port = await listen(
      createServer(slow, (_request, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('the beginning');
      }),
      5,
    );
    const socket = open(port);
    // A body is announced, and never comes.
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n');
    const received = await text(socket).catch((error: unknown) => String(error));
    expect(received).not.toContain('408');
    expect(received).not.toContain('statusCode');
  });
});
