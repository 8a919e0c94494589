import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { configurationSchema, createLogger } from '#platform';
import { fastify } from 'fastify';
import { refuseWhileClosing } from './closing.hook.js';
import { answerWithError } from './error-answer.js';
import { fromFramework } from './error.filter.js';
import { addAnswerHeaders } from './request-id.hook.js';
import { serverOptions } from './server-options.js';

it('a request that meets a closing server is refused in the form of every error, and its connection closed', async () => {
  const app = fastify(serverOptions(configurationSchema().parse({}).serverSettings, createLogger('a', 'b', 'silent')));
  app.setErrorHandler((error, request, reply) => answerWithError(request, reply, fromFramework(error)));
  addAnswerHeaders(app);
  refuseWhileClosing(app);
  app.get('/api/v2/me', () => ({ me: true }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port });
  const request = 'GET /api/v2/me HTTP/1.1\r\nHost: a\r\nX-Request-Id: request-of-client\r\n\r\n';
  // Half of a request keeps the connection from being idle.
  socket.write(request.slice(0, 20));
  const [peer] = (await once(app.server, 'connection')) as [Socket];
  while (peer.bytesRead < 20) await new Promise(resolve => setImmediate(resolve));
  const closed = app.close();
  while (app.server.listening) await new Promise(resolve => setImmediate(resolve));
  socket.write(request.slice(20));
  const answer = await text(socket);
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toMatch(/x-request-id: request-of-client/);
  expect(answer).toMatch(/x-content-type-options: nosniff/);
  expect(answer).toMatch(/connection: close/i);
  expect(answer).toMatch(/"statusMessage":"The server is shutting down"/);
});
