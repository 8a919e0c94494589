import { BadRequestException, Controller, Get, HttpException, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  configurationSchema,
  createLogger,
  errorRegistry,
  RcsError,
  ReceiverGoneError,
  type ErrorCode,
} from '#platform';
import { ErrorFilter } from './error.filter.js';
import { addAnswerHeaders } from './request-id.hook.js';
import { serverOptions } from './server-options.js';

const internals = /node_modules|\.ts|\/work|\/data|at Object|stack|s3cret|ECONNREFUSED/;
let thrown: unknown;

@Controller(['api/v2/fail', 'rcs/fail'])
class FailingController {
  @Get()
  fail(): never {
    throw thrown;
  }

  @Post()
  take(): object {
    return {};
  }

  @Get('by-code/:code')
  failWith(@Param('code') code: ErrorCode): never {
    throw new RcsError(code, 'internal: /data/store.db', { publicDetail: 'field a', retryAfterMs: 2500 });
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

describe(ErrorFilter.name, () => {
  let app: NestFastifyApplication;
  let logged = '';

  beforeAll(async () => {
    const adapter = new FastifyAdapter(
      serverOptions(configurationSchema().parse({}).serverSettings, createLogger('test', 'test', 'silent')),
    );
    adapter.getInstance().removeContentTypeParser('text/plain');
    addAnswerHeaders(adapter.getInstance());
    app = await NestFactory.create<NestFastifyApplication>(FailingModule, adapter, {
      logger: false,
      bodyParser: false,
    });
    app.useGlobalFilters(new ErrorFilter(createLogger('test', 'test', 'info', { write: line => (logged += line) })));
    await app.init();
    await adapter.getInstance().ready();
  });
  beforeEach(() => (logged = ''));
  afterAll(() => app.close());

  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });

  async function answerTo(error: unknown, path = '/api/v2/fail') {
    thrown = error;
    return get(path);
  }

  it('tells nobody of an error where nobody waits for the answer any more', async () => {
    await expect(answerTo(new ReceiverGoneError('the caller closed the connection'))).rejects.toThrow();
    expect(logged).toBe('');
  });

  it.each(Object.keys(errorRegistry) as ErrorCode[])(
    'answers %s as the registry says, on both kinds of resource',
    async code => {
      const { http, apiStatusCode, title, retryable } = errorRegistry[code];
      const api = await get(`/api/v2/fail/by-code/${code}`);
      expect(api.statusCode).toBe(http);
      expect(api.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(api.json()).toEqual({ statusCode: apiStatusCode, statusMessage: `${title}: field a` });
      const problem = await get(`/rcs/fail/by-code/${code}`);
      expect(problem.statusCode).toBe(http);
      expect(problem.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(problem.json()).toMatchObject({ status: http, title, detail: 'field a', code });
      for (const answer of [api, problem]) {
        expect(answer.headers['retry-after']).toBe(retryable ? '3' : undefined);
        expect(answer.body).not.toMatch(internals);
      }
    },
  );

  it('asks for Basic credentials with 401, and only then', async () => {
    const unauthenticated = await answerTo(new RcsError('RCS_AUTHENTICATION_REQUIRED'));
    expect(unauthenticated.headers['www-authenticate']).toMatch(/^Basic realm="[^"]+", charset="UTF-8"$/);
    expect((await answerTo(new RcsError('RCS_INSUFFICIENT_ROLE'))).headers).not.toHaveProperty('www-authenticate');
  });

  it('carries the request id in answer, problem and log', async () => {
    thrown = new RcsError('RCS_NO_WORKER', 'none of 3 workers is left');
    const answer = await get('/rcs/fail', { 'x-request-id': 'request-of-client' });
    expect(answer.headers['x-request-id']).toBe('request-of-client');
    expect(answer.json()).toMatchObject({ requestId: 'request-of-client' });
    expect(JSON.parse(logged)).toMatchObject({ requestId: 'request-of-client', code: 'RCS_NO_WORKER', level: 'error' });
  });

  it.each<readonly [string, unknown]>([
    ['an error', Object.assign(new TypeError('cannot open /data/store.db'), { code: 'ECONNREFUSED' })],
    ['an error with causes', new Error('outer s3cret', { cause: new Error('/work/x.ts') })],
    ['an RcsError with an internal message', new RcsError('RCS_INTERNAL', 's3cret in /data')],
    ['a text', 's3cret'],
    ['nothing', undefined],
    ['null', null],
    ['an object', { message: 's3cret', stack: '/work' }],
    ['an error of Nest that is a bug of ours', new HttpException('s3cret', 500)],
    ['an error with a status above', Object.assign(new Error('s3cret'), { statusCode: 503 })],
  ])('tells the caller nothing of %s, and the log everything', async (_, error) => {
    for (const path of ['/api/v2/fail', '/rcs/fail']) {
      const answer = await answerTo(error, path);
      expect(answer.statusCode).toBe(500);
      expect(answer.body).toContain('Internal server error');
      expect(answer.body).not.toMatch(internals);
      expect(JSON.stringify(answer.headers)).not.toMatch(internals);
    }
    if (error instanceof Error) expect(logged).toContain(error.message);
  });

  it('answers errors of the framework in the same form', async () => {
    expect(await answerTo(new BadRequestException('s3cret'))).toMatchObject({ statusCode: 400 });
    const unknown = await get('/api/v2/nowhere?password=s3cret');
    expect([unknown.statusCode, unknown.json()]).toEqual([404, { statusCode: 6, statusMessage: 'No such resource' }]);
    expect((await get('/rcs/nowhere')).json()).toMatchObject({ code: 'RCS_NOT_FOUND' });
  });

  it.each([
    ['broken JSON', 'application/json', '{"a":', 400],
    ['a polluting key', 'application/json', '{"__proto__":{"admin":true}}', 400],
    ['another media type', 'text/plain', 'a', 415],
    ['a form', 'application/x-www-form-urlencoded', 'a=b', 415],
    ['too large a body', 'application/json', `"${'a'.repeat(1024 * 1024)}"`, 413],
  ])('answers %s with a status of the registry', async (_, type, payload, status) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v2/fail',
      headers: { 'content-type': type },
      payload,
    });
    expect(answer.statusCode).toBe(status);
    expect(Object.keys(answer.json<object>())).toEqual(['statusCode', 'statusMessage']);
    expect(answer.body).not.toMatch(/FST_|Unexpected|SyntaxError/);
  });

  it('answers a path that cannot be decoded like any other error', async () => {
    const answer = await get('/api/v2/fail/%E0%A4%A');
    expect(answer.statusCode).toBe(400);
    expect(Object.keys(answer.json<object>())).toEqual(['statusCode', 'statusMessage']);
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store' });
    expect(answer.body).not.toMatch(/E0|FST_/);
  });

  it('tells every browser how to treat the answer', async () => {
    expect((await answerTo(new RcsError('RCS_INTERNAL'))).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });
});
