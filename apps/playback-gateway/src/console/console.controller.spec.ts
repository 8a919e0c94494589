import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '#platform';
import { ErrorFilter } from '../http/error.filter.js';
import { ConsoleController, EntranceController } from './console.controller.js';
import { ConsoleFiles } from './console-files.js';

const work = mkdtempSync(join(tmpdir(), 'rcs-console-'));
const files = join(work, 'console');
const logger = createLogger('test', 'test', 'silent');
const script = 'export const answer = 42;';
let app: NestFastifyApplication;

async function serving(directory: string): Promise<NestFastifyApplication> {
  const module = await Test.createTestingModule({
    controllers: [EntranceController, ConsoleController],
    providers: [{ provide: ConsoleFiles, useValue: new ConsoleFiles(directory, logger) }],
  }).compile();
  const application = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  application.useGlobalFilters(new ErrorFilter(logger));
  await application.init();
  return application;
}

beforeAll(async () => {
  mkdirSync(join(files, 'deeper'), { recursive: true });
  for (const name of ['index.html', 'main-a1.js', 'notes.txt', 'deeper/inside.js'])
    writeFileSync(join(files, name), script);
  writeFileSync(join(files, 'main-a1.js.gz'), gzipSync(script));
  writeFileSync(join(work, 'outside.js'), script);
  app = await serving(files);
});
afterAll(async () => {
  await app.close();
  rmSync(work, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

describe('the console', () => {
  it('is where browsers are led to, relative to where they are', async () => {
    const { statusCode, headers } = await get('/', { accept: 'text/html,application/xhtml+xml' });
    expect([statusCode, headers.location]).toEqual([302, 'console']);
  });

  it.each([{}, { accept: '*/*' }, { accept: 'application/json' }])('is nothing to programs: %j', async headers => {
    const { statusCode } = await get('/', headers as Record<string, string>);
    expect(statusCode).toBe(404);
  });

  it('is a page that is asked for each time, and may load nothing but its own', async () => {
    const { statusCode, headers } = await get('/console');
    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
  });

  it('is made of files that never change under their name', async () => {
    const { statusCode, headers, body } = await get('/console/main-a1.js');
    expect([statusCode, body, headers['content-encoding']]).toEqual([200, script, undefined]);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers.vary).toBe('accept-encoding');
  });

  it.each([
    ['gzip', true],
    ['br, gzip;q=0.5', true],
    ['gzip;q=0', false],
    ['br', false],
    ['x-gzip', false],
  ])('is compressed for who accepts that: %s', async (accepted, isCompressed) => {
    const { headers, rawPayload } = await get('/console/main-a1.js', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(isCompressed ? 'gzip' : undefined);
    expect(rawPayload).toEqual(isCompressed ? gzipSync(script) : Buffer.from(script));
  });

  it.each([
    'index.html',
    'notes.txt',
    'main-a1.js.gz',
    'inside.js',
    'deeper',
    'deeper%2Finside.js',
    '..%2Foutside.js',
    '%2e%2e%2foutside.js',
    '..%5Coutside.js',
    'constructor',
    '__proto__.js',
    'main-a1.js%00',
  ])('has nothing but the files that its page names: %s', async name => {
    expect((await get(`/console/${name}`)).statusCode).toBe(404);
  });

  it('is not there where it was not built', async () => {
    const without = await serving(join(work, 'nowhere'));
    for (const url of ['/', '/console', '/console/main-a1.js'])
      expect((await without.inject({ url, headers: { accept: 'text/html' } })).statusCode).toBe(404);
    await without.close();
  });
});
