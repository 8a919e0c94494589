import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { answerExpectations, askForBodies } from './expect-continue.js';

describe(answerExpectations.name, () => {
  let server: FastifyInstance;
  let socket: Socket;

  beforeEach(async () => {
    server = fastify({ bodyLimit: 100 });
    answerExpectations(server.server);
    askForBodies(server);
    server.post('/', { bodyLimit: 10 }, request => ({ got: request.body }));
    await server.listen({ host: '127.0.0.1', port: 0 });
    socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
  });
  afterEach(async () => {
    socket.destroy();
    await server.close();
  });

  const ask = (length: number, expected = '100-continue'): void => {
    const fields = ['Host: a', 'Content-Type: application/json', `Content-Length: ${length}`, `Expect: ${expected}`];
    socket.write(`POST / HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
  };
  const answer = async (): Promise<string> => ((await once(socket, 'data')) as [string])[0];

  it('asks for a body that is not too large for its route', async () => {
    ask(10);
    expect(await answer()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('"12345678"');
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 OK[^]*"got":"12345678"/);
  });

  it('ignores other expectations, so that nothing is answered past the hooks', async () => {
    ask(10, '200-ok');
    socket.write('"12345678"');
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 OK[^]*"got":"12345678"/);
  });

  it('refuses one that is, before anything of it is sent', async () => {
    ask(11);
    expect(await answer()).toMatch(/^HTTP\/1\.1 413 /);
  });
});
