import { request as httpRequest } from 'node:http';
import { createLogger, type Logger } from '../logging/logger.js';
import { LogLevel } from '../logging/log-level.js';
import { createMetricsRegistry } from '../metrics/metrics-registry.js';
import { ManagementServer } from './management-server.js';
import { Readiness } from './readiness.js';

jest.setTimeout(60_000);

const token = 'a token that is long enough';

describe('/log-level', () => {
  let logger: Logger;
  let logLevel: LogLevel;
  let server: ManagementServer;
  let url: URL;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    logger = createLogger('key-vault', 'key-vault-1', 'info', { write: line => lines.push(line) });
    logLevel = new LogLevel(logger, 'info', token);
    const registry = createMetricsRegistry('key-vault', '1.2.3');
    server = new ManagementServer(registry, new Readiness(), logger, logLevel);
    url = new URL('/log-level', await server.listen('127.0.0.1', 0));
  });
  afterEach(async () => {
    logLevel.reset();
    await server.close();
    jest.useRealTimers();
  });

  const ask = async (method: string, body?: unknown, authorization = `Bearer ${token}`) => {
    const headers = { authorization };
    const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('says which level there is', async () => {
    expect(await ask('GET')).toEqual({ status: 200, body: { level: 'info', configured: 'info' } });
  });

  it('changes it for a while, and says so in the log', async () => {
    const before = Date.now();
    const { status, body } = await ask('PUT', { level: 'debug', seconds: 600 });
    expect([status, body.level, body.configured]).toEqual([200, 'debug', 'info']);
    expect(Date.parse(String(body.until))).toBeGreaterThanOrEqual(before + 600_000);
    logger.debug('seen now');
    expect(lines.join('')).toContain('seen now');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'log level changed', level: 'debug', former: 'info' });
  });

  it('gives the configured level back', async () => {
    await ask('PUT', { level: 'error' });
    expect(await ask('DELETE')).toEqual({ status: 200, body: { level: 'info', configured: 'info' } });
  });

  it.each([
    [{ level: 'loud' }],
    [{ level: 'silent' }],
    [{ level: 'fatal' }],
    [{ level: 'debug', seconds: 0 }],
    [{ level: 'debug', seconds: 86_401 }],
    [{}],
    ['debug'],
    [{ level: 'debug', more: 1 }],
    ['x'.repeat(5000)],
  ])('refuses %p and shows how it is done', async body => {
    const answer = await ask('PUT', body);
    expect([answer.status, answer.body.example]).toEqual([400, { level: 'debug', seconds: 600 }]);
    expect(logger.level).toBe('info');
  });

  it('refuses what is no JSON, and other methods', async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(url, { method: 'PUT', headers, body: '{' })).status).toBe(400);
    const answer = await fetch(url, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE']);
  });

  it.each(['', 'Bearer', 'Bearer ', 'Bearer another token', `Basic ${token}`, token])(
    'changes nothing for %p, and answers who asks',
    async authorization => {
      const answers = [
        await ask('PUT', { level: 'error' }, authorization),
        await ask('DELETE', undefined, authorization),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 401]);
      expect(logger.level).toBe('info');
      expect((await ask('GET', undefined, authorization)).status).toBe(200);
    },
  );

  it('changes nothing for anybody where no token is configured', async () => {
    logLevel.configure('info', undefined);
    for (const shown of [`Bearer ${token}`, 'Bearer undefined', 'Bearer '])
      expect((await ask('PUT', { level: 'error' }, shown)).status).toBe(403);
    expect([(await ask('GET')).status, logger.level]).toEqual([200, 'info']);
  });

  it('takes a token that is exchanged', async () => {
    logLevel.configure('info', 'another token that is long enough');
    expect((await ask('PUT', { level: 'error' })).status).toBe(401);
    expect((await ask('PUT', { level: 'error' }, 'Bearer another token that is long enough')).status).toBe(200);
  });

  it.each([
    ['a proxy', { 'x-forwarded-for': '192.0.2.1' }],
    ['a proxy of the standard', { forwarded: 'for=192.0.2.1' }],
    ['a page in a browser', { origin: 'https://example.com' }],
    ['a name that resolves to this machine', { host: 'attacker.example.com' }],
    ['a name that begins like an address', { host: '127.0.0.1.example.com:9090' }],
  ])('refuses what comes through %s', async (_, headers) => {
    const status = await new Promise((resolve, reject) => {
      const authorization = `Bearer ${token}`;
      const outgoing = httpRequest(url, { method: 'PUT', headers: { ...headers, authorization } }, response => {
        response.resume();
        resolve(response.statusCode);
      });
      outgoing.on('error', reject);
      outgoing.end('{"level":"trace"}');
    });
    expect([status, logger.level]).toEqual([403, 'info']);
  });
});

describe(LogLevel.name, () => {
  const quiet = () => createLogger('a', 'b', 'info', { write: () => undefined });
  afterEach(() => jest.useRealTimers());

  it('returns to the configured level when the time is over', () => {
    jest.useFakeTimers();
    const logger = quiet();
    const logLevel = new LogLevel(logger, 'info');
    logLevel.setFor('trace', 60);
    jest.advanceTimersByTime(59_999);
    expect(logger.level).toBe('trace');
    jest.advanceTimersByTime(1);
    expect([logger.level, logLevel.state]).toEqual(['info', { level: 'info', configured: 'info' }]);
  });

  it('keeps what was set when the configuration is read again, and takes another configured level', () => {
    const logger = quiet();
    const logLevel = new LogLevel(logger, 'info');
    logLevel.setFor('debug', 60);
    logLevel.configure('info');
    expect(logger.level).toBe('debug');
    logLevel.configure('warn');
    expect([logger.level, logLevel.state]).toEqual(['warn', { level: 'warn', configured: 'warn' }]);
  });
});
