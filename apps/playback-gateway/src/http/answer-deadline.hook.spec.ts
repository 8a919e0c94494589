import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { configurationSchema } from '#platform';
import { answerTimeoutOf, limitAnswerTimes } from './answer-deadline.hook.js';

describe(limitAnswerTimes.name, () => {
  let app: FastifyInstance;
  let release: () => void;
  const expired: string[] = [];

  beforeEach(async () => {
    app = fastify();
    const released = new Promise<void>(resolve => (release = resolve));
    limitAnswerTimes(app, 100, (_request, { code }) => void expired.push(code));
    app.addHook('onRequest', (_request, reply, done) => {
      void reply.header('x-content-type-options', 'nosniff');
      done();
    });
    app.get('/rcs/never', () => new Promise(() => undefined));
    app.get('/api/v2/late', async () => {
      await released;
      return { late: true };
    });
    app.get('/api/v2/begun', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-length': 8 });
      reply.raw.write('half');
      void released.then(() => reply.raw.end('half'));
    });
    app.post('/api/v2/body', () => new Promise(() => undefined));
    await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    release();
    await app.close();
  });

  function ask(request: string): Promise<string> {
    const { port } = app.server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port });
    socket.write(request);
    return text(socket);
  }
  const get = (path: string): Promise<string> => ask(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);

  it('answers what never answers, with 504, in the form of its path, and gives the connection back', async () => {
    const answer = await get('/rcs/never');
    expect(answer).toMatch(/^HTTP\/1\.1 504 /);
    expect(answer).toMatch(/content-type: application\/problem\+json/);
    expect(answer).toMatch(/x-content-type-options: nosniff/);
    expect(answer).toMatch(/connection: close/);
    expect(answer).toMatch(/"code":"RCS_TIMEOUT"/);
    expect(expired).toContain('RCS_TIMEOUT');
  });

  it('drops what comes later', async () => {
    const answer = await get('/api/v2/late');
    expect(answer).toMatch(/^HTTP\/1\.1 504 [^]*\{"statusCode":4,"statusMessage":"The operation took too long"\}$/);
    release();
    await new Promise(resolve => setImmediate(resolve));
    expect((await app.inject({ url: '/api/v2/late' })).json()).toEqual({ late: true });
  });

  it('leaves an answer alone that has begun', async () => {
    const answer = get('/api/v2/begun');
    await new Promise(resolve => setTimeout(resolve, 300));
    release();
    expect(await answer).toMatch(/halfhalf$/);
  });

  it('reaches whoever still sends', async () => {
    const head =
      'POST /api/v2/body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';
    const answer = await ask(`${head}{"half"`);
    expect(answer).toMatch(/^HTTP\/1\.1 504 /);
  });
});

it('a playback ends by its own deadline, before the one of all requests', () => {
  const settings = configurationSchema().parse({ serverSettings: { playbackStartTimeoutMs: 300_000 } }).serverSettings;
  expect(answerTimeoutOf(settings)).toBe(305_000);
  expect(answerTimeoutOf(configurationSchema().parse({}).serverSettings)).toBe(60_000);
});
