import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fastify } from 'fastify';
import { Registry } from 'prom-client';
import { boundListener, configurationSchema, createLogger, ListenerMetrics } from '#platform';
import { serverOptions } from './server-options.js';
import { notePaths } from './unfinished-requests.js';

it.each([
  ['/key-management/v1/decrypt', 'application/json', /\{"message":"[^"]+","status":408\}$/],
  ['/rcs/users', 'application/problem\\+json', /"code":"RCS_REQUEST_TIMEOUT"[^{]*\}$/],
  ['/api/v2/sessions', 'application/json', /\{"statusCode":2,"statusMessage":"[^"]+"\}$/],
])('a body to %s of which half is missing is refused in the form of that API', async (path, type, body) => {
  const timeouts = { requestTimeoutMs: 300, requestHeadersTimeoutMs: 300 };
  const settings = configurationSchema().parse({ serverSettings: timeouts }).serverSettings;
  const app = fastify(serverOptions(settings, createLogger('a', 'b', 'silent')));
  boundListener(app.server, { name: 'test', maxConnections: 10 }, new ListenerMetrics(new Registry()));
  notePaths(app);
  app.post(path, () => ({}));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  const fields = 'Host: a\r\nContent-Type: application/json\r\nContent-Length: 20';
  socket.write(`POST ${path} HTTP/1.1\r\n${fields}\r\n\r\n{"half":`);
  const answer = await text(socket);
  await app.close();
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toMatch(new RegExp(`content-type: ${type}; charset=utf-8`));
  expect(answer).toMatch(body);
});
