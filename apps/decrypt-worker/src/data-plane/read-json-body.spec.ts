import { once } from 'node:events';
import { createServer, request as httpRequest, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readJsonBody } from './read-json-body.js';

let server: Server;
let received: Promise<IncomingMessage>;
let sent: ClientRequest;

beforeEach(async () => {
  server = createServer();
  received = once(server, 'request').then(([request]) => request as IncomingMessage);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  sent = httpRequest({ host: '127.0.0.1', port, method: 'POST' });
  sent.on('error', () => undefined);
});
afterEach(async () => {
  jest.useRealTimers();
  sent.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe(readJsonBody.name, () => {
  it('reads what a gateway sends', async () => {
    sent.end('{"grant":"jws"}');
    expect(await readJsonBody(await received)).toEqual({ grant: 'jws' });
  });

  it('gives a body half a minute for all of it, however often a byte of it comes', async () => {
    sent.write('{');
    const request = await received;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const outcome = readJsonBody(request).catch((error: unknown) => error);
    for (let second = 0; second < 29; second++) {
      sent.write(' ');
      await jest.advanceTimersByTimeAsync(1000);
    }
    expect(request.destroyed).toBe(false);
    await jest.advanceTimersByTimeAsync(1000);
    expect(request.destroyed).toBe(true);
    expect(await outcome).toMatchObject({ code: 'RCS_TIMEOUT' });
  });

  it.each<[string, string, string]>([
    ['is no JSON', '{"grant"', 'RCS_INVALID_VALUE'],
    ['is nested more deeply than any request of a gateway', `${'['.repeat(9)}${']'.repeat(9)}`, 'RCS_INVALID_VALUE'],
    ['is larger than a content tree', ' '.repeat(16 * 1024 * 1024 + 1), 'RCS_PAYLOAD_TOO_LARGE'],
  ])('refuses a body that %s', async (_, body, code) => {
    sent.end(body);
    await expect(readJsonBody(await received)).rejects.toMatchObject({ code });
  });
});
