import 'reflect-metadata';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Body, Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify, type FastifyContextConfig } from 'fastify';
import { configurationSchema, createLogger, RcsError } from '#platform';
import type { User } from '#store';
import { drainUnreadBodies } from '../http/drain-unread.hook.js';
import { ErrorFilter } from '../http/error.filter.js';
import { answerExpectations, askForBodies } from '../http/expect-continue.js';
import { serverOptions } from '../http/server-options.js';
import { setCurrentUser } from '../http/current-user.js';
import { decideAccess, demandAccessRules, type AccessSteps } from './access.hook.js';
import { Authenticated, bodyBoundsOf, Public } from './access-rule.js';

@Controller('things')
@Authenticated()
class ThingController {
  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }

  @Post()
  take(@Body() body: unknown): object {
    return { got: body };
  }

  @Post('judged')
  @Authenticated(onlyAdministrators)
  takeOfAdministrators(@Body() body: unknown): object {
    return { got: body };
  }
}

function onlyAdministrators({ roles }: User): void {
  if (!roles.includes('admin')) throw new RcsError('RCS_INSUFFICIENT_ROLE');
}

@Controller('forgotten')
class ForgottenController {
  @Get()
  get(): string {
    return 'nobody asked';
  }
}

@Module({ controllers: [ThingController] })
class GuardedModule {}

@Module({ controllers: [ThingController, ForgottenController] })
class ForgetfulModule {}

const bounds = bodyBoundsOf(configurationSchema().parse({}).serverSettings);
const parsed: unknown[] = [];
const refuse = () => Promise.reject(new RcsError('RCS_AUTHENTICATION_REQUIRED'));
const admit = () => Promise.resolve();
const steps: AccessSteps = {
  anyone: admit,
  login: admit,
  user: request => {
    const name = /^Basic (good|admin)$/.exec(request.headers.authorization ?? '')?.[1];
    if (name === undefined) return refuse();
    setCurrentUser({ name, roles: name === 'admin' ? ['admin'] : [] } as unknown as User, request);
    return admit();
  },
  'certificate-administrator': refuse,
  'certificate-viewer': refuse,
  'play-ticket': refuse,
  'hawk-signed': refuse,
  'hawk-registration': refuse,
};

async function create(module: Type): Promise<NestFastifyApplication> {
  const logger = createLogger('test', 'test', 'silent');
  const adapter = new FastifyAdapter(serverOptions(configurationSchema().parse({}).serverSettings, logger));
  const instance = adapter.getInstance();
  demandAccessRules(instance, bounds);
  answerExpectations(instance.server);
  askForBodies(instance);
  drainUnreadBodies(instance);
  const json = instance.getDefaultJsonParser('error', 'error');
  instance.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    parsed.push(body);
    void json(request, body, done);
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ErrorFilter(logger));
  decideAccess(instance, steps);
  return app;
}

describe(demandAccessRules.name, () => {
  it('refuses a controller with a route that says not who may call it', async () => {
    const app = await create(ForgetfulModule);
    await expect(app.init()).rejects.toThrow(/GET \/forgotten does not say who may call it/);
    await app.close();
  });

  it.each([
    ['without a rule', {}],
    ['with a rule that nobody knows', { access: 'whoever' }],
    ['with a name that every object has', { access: 'toString' }],
  ])('refuses a bare route %s', async (_, config) => {
    const server = fastify();
    demandAccessRules(server, bounds);
    expect(() => server.get('/', { config: config as FastifyContextConfig }, () => 'open')).toThrow(
      /does not say who may call it/,
    );
    await server.close();
  });
});

describe(decideAccess.name, () => {
  let app: NestFastifyApplication;
  let port: number;
  beforeAll(async () => {
    app = await create(GuardedModule);
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as AddressInfo).port;
  });
  beforeEach(() => parsed.splice(0));
  afterAll(() => app.close());

  /** Sends the bytes on one connection and answers all that comes back until the server closes it. */
  async function send(...parts: readonly string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    // Closed by the server while we still send: what it answered counts.
    socket.on('error', () => undefined);
    parts.forEach(part => socket.write(part));
    return text(socket);
  }
  const head = (target: string, ...fields: string[]): string =>
    [`${target} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n');
  const json = 'Content-Type: application/json';
  const last = head('GET /things/open', 'Connection: close');
  const statuses = (answers: string): number[] =>
    [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(match => Number(match[1]));

  it('lets in whom the rule of the route lets in', async () => {
    const body = '{"a":1}';
    const good = head('POST /things', json, 'Authorization: Basic good', `Content-Length: ${body.length}`);
    const answers = await send(good, body, last);
    expect(statuses(answers)).toEqual([201, 200]);
    expect(parsed).toEqual([body]);
  });

  it.each([
    ['whole', '{"a":1}', 7],
    ['no JSON', '[[[[[[[', 7],
    ['the longest that is allowed', '['.repeat(1024 * 1024), 1024 * 1024],
  ])(
    "a stranger's body is not parsed (%s), and the next request on the connection is answered",
    async (_, body, length) => {
      const answers = await send(head('POST /things', json, `Content-Length: ${length}`), body, last);
      expect(statuses(answers)).toEqual([401, 200]);
      expect(parsed).toEqual([]);
    },
  );

  it.each([
    ['one that does not end', 'Content-Length: 1000', ['{']],
    ['one in chunks that do not end', 'Transfer-Encoding: chunked', ['1\r\n{\r\n']],
    ['one that is longer than any', 'Content-Length: 3000000', ['['.repeat(3_000_000)]],
  ])(
    'a body that cannot be drained closes the connection: %s',
    async (_, field, parts) => {
      const began = Date.now();
      const answers = await send(head('POST /things', json, field), ...parts);
      expect(statuses(answers)[0] ?? 401).toBe(401);
      expect(answers).not.toContain('keep-alive');
      expect(Date.now() - began).toBeLessThan(9000);
      expect(parsed).toEqual([]);
    },
    20_000,
  );

  it('has the judge of a route decide about its user before the body is read', async () => {
    const body = '{"a":1}';
    const post = (name: string) =>
      head('POST /things/judged', json, `Authorization: Basic ${name}`, `Content-Length: ${body.length}`);
    expect(statuses(await send(post('nobody'), body, last))).toEqual([401, 200]);
    expect(statuses(await send(post('good'), body, last))).toEqual([403, 200]);
    expect(parsed).toEqual([]);
    expect(statuses(await send(post('admin'), body, last))).toEqual([201, 200]);
    expect(parsed).toEqual([body]);
  });

  it('asks nobody for a body who may not send it', async () => {
    const fields = [json, 'Content-Length: 7', 'Expect: 100-continue'];
    const refused = await send(head('POST /things', ...fields));
    expect(refused).toMatch(/^HTTP\/1\.1 401 [^]*connection: close/i);
    const admitted = await send(head('POST /things', 'Authorization: Basic good', ...fields), '{"a":1}', last);
    expect(statuses(admitted)).toEqual([100, 201, 200]);
  });

  it('answers a path that is no route without reading what comes with it', async () => {
    const body = '['.repeat(100_000);
    const answers = await send(head('POST /nowhere', json, `Content-Length: ${body.length}`), body, last);
    expect(statuses(answers)).toEqual([404, 200]);
    expect(parsed).toEqual([]);
  });

  it('judges the route, however its path is spelled', async () => {
    const answers = await send(head('POST /%74hings', json, 'Content-Length: 0'), last);
    expect(statuses(answers)).toEqual([401, 200]);
  });
});
