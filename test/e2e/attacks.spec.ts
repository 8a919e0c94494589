import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { metricsOf } from '#test/cluster/management-page.js';
import { within } from '#test/waiting/within.js';
import { Browser, header, json } from './browser.js';
import { sendRaw, statusesIn } from './raw-connection.js';
import { CurlClient } from './curl-client.js';
import { curl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-attacks-'));
let cluster: RunningCluster;
let curlClient: CurlClient;
let ca: Buffer;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__TRUSTED_PROXIES: '[127.0.0.1]',
    RCS_SERVER_SETTINGS__REQUEST_HEADERS_TIMEOUT_MS: '1500',
    RCS_SERVER_SETTINGS__REQUEST_TIMEOUT_MS: '3000',
    RCS_SERVER_SETTINGS__LIMITS: '{ tlsHandshakeTimeoutMs: 1500, maxConnections: 200 }',
    RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{ failuresPerUser: 20, failuresPerAddress: 25, longestDelayMs: 200 }',
    RCS_SERVER_SETTINGS__CSRF_EXEMPTIONS: '[{ userName: ops }]',
  });
  curlClient = new CurlClient(cluster, work);
  ca = readFileSync(cluster.ready.caFile);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const newBrowser = () => new Browser(cluster, work);
const demo = () => cluster.ready.recordings[0] ?? { id: '', playPath: '' };
const raw = (...parts: string[]) => sendRaw(cluster.ready.gateway, ca, parts);
const host = () => new URL(cluster.ready.gateway).host;
const gatewayLog = () => readFileSync(join(cluster.ready.dataDir, 'logs', 'playback-gateway.log'), 'utf8');
/** No two attempts come from the same place, as far as the server knows. */
let addresses = 0;
const fromElsewhere = () => header('X-Forwarded-For', `198.51.${Math.floor(++addresses / 250)}.${addresses % 250}`);

const basicOf = (name: string, password: string) => Buffer.from(`${name}:${password}`, 'latin1').toString('base64');
const guess = (name: string, password: string, ...options: string[]): Promise<CurlAnswer> =>
  curl(
    '--cacert',
    cluster.ready.caFile,
    ...header('Authorization', `Basic ${basicOf(name, password)}`),
    ...options,
    `${cluster.ready.gateway}/api/v2/me`,
  );

describe('session fixation', () => {
  const planted = 'A'.repeat(43);

  it.each([planted, 'x', '', '../../etc/passwd', 'a'.repeat(5000)])(
    'a planted cookie is never taken over (case %#)',
    async cookie => {
      const browser = newBrowser();
      const answer = await browser.send(
        '/api/v2/sessions',
        '-X',
        'POST',
        '--cookie',
        `JSESSIONID=${cookie}`,
        ...curlClient.asUser('alice').slice(2),
      );
      expect(answer.status).toBe(201);
      expect(browser.secret).toMatch(/^[\w-]{43}$/);
      expect(browser.secret).not.toBe(cookie);
      expect((await newBrowser().send('/api/v2/me', '--cookie', `JSESSIONID=${cookie}`)).status).toBe(401);
    },
  );

  it('the key a session is stored under opens nothing', async () => {
    const browser = newBrowser();
    await browser.logIn('alice');
    const key = createHash('sha256').update(browser.secret).digest('base64url');
    expect((await newBrowser().send('/api/v2/me', '--cookie', `JSESSIONID=${key}`)).status).toBe(401);
  });
});

describe('cross-site requests', () => {
  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['a form that looks like JSON', 'text/plain'],
    ['a form with files', 'multipart/form-data; boundary=x'],
  ])('%s of another site does nothing, with or without Origin', async (_, type) => {
    const browser = newBrowser();
    await browser.logIn('alice');
    const path = `/api/v2/recordings/${demo().id}/play-tickets`;
    const body = ['--data', '{"a":"="}', ...header('Content-Type', type)];
    expect((await browser.send(path, ...body, ...header('Origin', 'https://evil.test'))).status).toBe(403);
    expect([403, 415]).toContain((await browser.send(path, ...body)).status);
  });

  it('a method override changes nothing', async () => {
    const browser = newBrowser();
    await browser.logIn('alice');
    const override = header('X-HTTP-Method-Override', 'DELETE');
    expect((await browser.send('/api/v2/sessions/current', ...override)).status).toBe(405);
    expect((await browser.send('/api/v2/me?_method=DELETE', ...override)).status).toBe(200);
  });
});

describe('connections that say nothing', () => {
  it.each([
    ['never begins TLS', undefined],
    ['speaks HTTP where TLS is due', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['begins a handshake and stops', '\x16\x03\x01\x02\x00\x01'],
  ])('one that %s is closed', async (_, bytes) => {
    const { hostname, port } = new URL(cluster.ready.gateway);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.on('error', () => undefined);
    if (bytes !== undefined) socket.write(bytes, 'latin1');
    socket.resume();
    const began = Date.now();
    await within('the end of a connection', new Promise(resolve => socket.once('end', resolve).once('close', resolve)));
    expect(Date.now() - began).toBeLessThan(10_000);
    socket.destroy();
  });

  it('fifty that never begin TLS are closed, and no more than the limit are open at once', async () => {
    const { hostname, port } = new URL(cluster.ready.gateway);
    const sockets = Array.from({ length: 300 }, () => connect({ host: hostname, port: Number(port) }));
    await Promise.all(
      sockets.map(socket => {
        socket.on('error', () => undefined).resume();
        return within('the end of a connection', new Promise(resolve => socket.once('close', resolve)));
      }),
    );
    const metrics = await metricsOf(cluster.ready.management.gateway);
    const refused = /^rcs_listener_connections_refused_total\{listener="public"[^}]*\} (\d+)$/m.exec(metrics)?.[1];
    expect(Number(refused)).toBeGreaterThanOrEqual(100);
    expect((await newBrowser().send('/api/v2/me')).status).toBe(401);
  });
});

describe('smuggling and malformed requests', () => {
  const secret = () => basicOf('alice', cluster.ready.users.find(({ name }) => name === 'alice')?.password ?? '');
  /** What an attacker would like to be taken for a request of its own. */
  const smuggled = () => `GET /api/v2/me HTTP/1.1\r\nHost: ${host()}\r\nAuthorization: Basic ${secret()}\r\n\r\n`;
  const post = (fields: string) => `POST /api/v2/sessions HTTP/1.1\r\nHost: ${host()}\r\n${fields}\r\n\r\n`;

  it.each([
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 200'],
    ['the same length twice', 'Content-Length: 5\r\nContent-Length: 5'],
    ['a list of lengths', 'Content-Length: 0, 200'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5'],
    ['chunked, but not last', 'Transfer-Encoding: chunked, identity'],
    ['an unknown coding', 'Transfer-Encoding: xchunked'],
    ['a folded field', 'X-Folded: a\r\n b\r\nTransfer-Encoding:\r\n chunked'],
    ['a space before the colon', 'Content-Length : 0'],
    ['a negative length', 'Content-Length: -1'],
    ['a length with a sign', 'Content-Length: +5'],
    ['a hexadecimal length', 'Content-Length: 0x5'],
    ['a NUL in a field', 'X-Field: a\0b'],
    ['a line feed alone', 'X-Field: a\nContent-Length: 0'],
    ['a carriage return alone', 'X-Field: a\rContent-Length: 0'],
  ])('%s: one refusal, and nothing behind it is answered', async (_, fields) => {
    const answers = await raw(post(fields) + smuggled());
    const [status, ...more] = statusesIn(answers);
    expect(status).toBe(400);
    expect(more).toEqual([]);
    expect(answers).not.toContain('alice');
    expect(answers).toMatch(/x-request-id: [0-9a-f-]{36}/i);
    expect(answers).not.toMatch(/node|stack|HPE_|fastify/i);
  });

  it.each([
    ['no host', 'GET /api/v2/me HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /api/v2/me HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
    ['another protocol', 'GET /api/v2/me HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['HTTP/0.9', 'GET /api/v2/me\r\n\r\n'],
    ['noise', '\x16\x03\x01\x00\xff\r\n\r\n'],
  ])('%s is no request', async (_, request) => {
    expect(statusesIn(await raw(request)).filter(status => ![400, 505].includes(status))).toEqual([]);
  });

  it('too many header fields, and too long ones, are refused', async () => {
    const many = Array.from({ length: 150 }, (_value, index) => `X-${index}: a`).join('\r\n');
    const get = (fields: string) =>
      `GET /api/v2/me HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n${fields}\r\n\r\n`;
    expect(statusesIn(await raw(get(many)))).toEqual([431]);
    expect(statusesIn(await raw(get(`X-Long: ${'a'.repeat(40_000)}`)))).toEqual([431]);
  });

  it('too large a body is refused before it is read', async () => {
    const length = 100 * 1024 * 1024;
    const answers = await raw(post(`Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${length}`));
    expect(statusesIn(answers)).toEqual([413]);
  });

  it.each([
    ['header section', '', `GET /api/v2/me HTTP/1.1\r\nX-Slow: ${'a'.repeat(60)}`],
    [
      'body',
      'POST /api/v2/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n',
      `{"userName":"${'a'.repeat(60)}`,
    ],
  ])('a client that sends its %s drop by drop loses its connection', async (_, head, drops) => {
    const answers = await sendRaw(cluster.ready.gateway, ca, [head, ...Array.from(drops)], 250);
    expect(statusesIn(answers).filter(status => status !== 408)).toEqual([]);
  });
});

describe('paths', () => {
  const variants = (path: string): string[] => {
    const [leaf = '', ...rest] = path.split('/').reverse();
    const folder = rest.reverse().join('/');
    return [
      `${folder}/../play/${leaf}/../../../../../../etc/passwd`,
      `${folder}/%2e%2e/${leaf}`,
      `${folder}/%2e%2e%2f%2e%2e%2fetc%2fpasswd`,
      `${folder}/..%5c..%5c${leaf}`,
      `${folder}//${leaf}`,
      `/${path}`,
      `${folder}%2f${leaf}`,
      `${folder}/${leaf}%00`,
      `${folder}/${leaf}%00.txt`,
      `${folder}/${leaf}/`,
      `${folder}/${leaf};a=b`,
      `${folder}/${leaf}%20`,
      `${folder}/.`,
      `${folder}/%252e%252e/${leaf}`,
      `${folder}/%c0%ae%c0%ae/${leaf}`,
      `${folder}/${leaf.toUpperCase()}x`,
    ];
  };

  it.each(Array.from({ length: 16 }, (_value, index) => index))(
    'trick %i plays nothing and breaks nothing',
    async index => {
      const path = variants(`/api/v2${demo().playPath}`)[index] ?? '';
      const answer = await newBrowser().send(path, ...curlClient.asUser('alice').slice(2));
      expect([400, 401, 404]).toContain(answer.status);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.headers['x-request-id']).toBeDefined();
      expect(answer.body.length).toBeLessThan(300);
    },
  );
});

describe('places that media must not come from', () => {
  let trap: Server;
  let visits = 0;

  beforeAll(async () => {
    trap = createServer(socket => {
      visits++;
      socket.destroy();
    });
    await new Promise<void>(resolve => trap.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => within('the trap to close', new Promise(resolve => trap.close(resolve))));

  it.each<readonly [string, (port: number, webdav: string) => string]>([
    ['another port', port => `http://127.0.0.1:${port}/recordings/a`],
    [
      'the storage as user info',
      (port, webdav) => `${webdav.replace('/recordings', '')}@127.0.0.1:${port}/recordings/a`,
    ],
    ['a back slash', (port, webdav) => `${webdav.replace('/recordings', '')}\\@127.0.0.1:${port}/recordings/a`],
    ['another spelling of the host', port => `http://2130706433:${port}/recordings/a`],
    ['IPv6', port => `http://[::ffff:127.0.0.1]:${port}/recordings/a`],
    ['no scheme', port => `//127.0.0.1:${port}/recordings/a`],
    ['another scheme', port => `gopher://127.0.0.1:${port}/recordings/a`],
    ['a way out of the storage', (_port, webdav) => `${webdav}/../../secret`],
    ['a coded way out', (_port, webdav) => `${webdav}/%2e%2e/%2e%2e/secret`],
    ['a name that begins like the storage', (_port, webdav) => `${webdav}-of-others/a`],
    ['a line break', (port, webdav) => `${webdav}/a\r\nHost: 127.0.0.1:${port}`],
  ])('%s', async (_, location) => {
    const { port } = trap.address() as AddressInfo;
    const path = location(port, cluster.ready.webdav.url);
    const mediaFile = { mediaId: 'a.mp3', type: 'audio/mp3', mediaDescriptor: { storage: 'webDAV', path } };
    const answer = await curlClient.insert({ id: 'SSRF', mediaFiles: [mediaFile] });
    expect([answer.status, json(answer)['statusCode']]).toEqual([400, 2]);
    expect(visits).toBe(0);
  });
});

describe('what strangers write into the log', () => {
  it('stays inside its line', async () => {
    const fake = '{"level":"info","msg":"forged"}';
    await guess(`eve\n${fake}\r\n\u001b[2J`, 'x', ...fromElsewhere());
    await guess(
      'eve',
      'x',
      ...fromElsewhere(),
      ...header('User-Agent', `a${fake}`),
      ...header('X-Request-Id', `a b ${fake}`),
    );
    await newBrowser().send(`/api/v2/%0a${encodeURIComponent(fake)}`);
    await newBrowser().send(
      `/api/v2/recordings/${encodeURIComponent(`x\n${fake}`)}`,
      ...curlClient.asUser('alice').slice(2),
    );
    const lines = gatewayLog().trimEnd().split('\n');
    const messages = lines.map(line => (JSON.parse(line) as { msg: unknown }).msg);
    expect(messages).not.toContain('forged');
    expect(lines.filter(line => line.includes('\u001b'))).toEqual([]);
  });
});

describe('guessing passwords', () => {
  it('takes as long for users who do not exist', async () => {
    const time = async (name: string): Promise<number> => {
      const started = performance.now();
      expect((await guess(name, 'wrong', ...fromElsewhere())).status).toBe(401);
      return performance.now() - started;
    };
    await time('carol');
    const known: number[] = [];
    const unknown: number[] = [];
    // In turn, so that whatever else the machine does hits both alike; without the decoy the ratio is far beyond 2.
    for (let round = 0; round < 15; round++) {
      known.push(await time('carol'));
      unknown.push(await time(`nobody-${round}`));
    }
    const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
    const ratio = median(known) / median(unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it.each(['bob', 'nobody-at-all'])(
    'ends for %s wherever the guesses come from; who is known from elsewhere gets in',
    async name => {
      const bob = curlClient.asUser('bob');
      const home = header('X-Forwarded-For', '203.0.113.5');
      const me = `${cluster.ready.gateway}/api/v2/me`;
      expect((await curl(...bob, ...home, me)).status).toBe(200);
      let answer = await guess(name, 'wrong-0', ...fromElsewhere());
      for (let count = 1; count < 100 && answer.status === 401; count++) {
        answer = await guess(name, `wrong-${count}`, ...fromElsewhere());
      }
      expect(answer.status).toBe(429);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect((await curl(...bob, ...home, ...header('User-Agent', 'another'), me)).status).toBe(200);
    },
  );

  it('ends for a person however their name is spelled', async () => {
    const spelled = (count: number): string => `${' '.repeat(count % 3)}Mallory${' '.repeat(count)}`;
    const statuses: number[] = [];
    for (let count = 0; count < 30; count++)
      statuses.push((await guess(spelled(count), `wrong-${count}`, ...fromElsewhere())).status);
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
  });

  it('is slowed at one address whatever port of it the proxy names', async () => {
    let port = 1024;
    const guessed = (name: string) => guess(name, 'x', ...header('X-Forwarded-For', `203.0.113.77:${++port}`));
    for (let count = 0; count < 25; count++) expect((await guessed(`port-${count}`)).status).toBe(401);
    const many = await Promise.all(Array.from({ length: 40 }, (_, index) => guessed(`ports-${index}`)));
    expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  it('is slowed at one address whatever the names, and ends where too many wait; the right password gets in', async () => {
    const here = header('X-Forwarded-For', '203.0.113.99');
    for (let count = 0; count < 25; count++) expect((await guess(`name-${count}`, 'x', ...here)).status).toBe(401);
    const many = await Promise.all(Array.from({ length: 40 }, (_, index) => guess(`more-${index}`, 'x', ...here)));
    const refused = many.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
    const carol = () => curl(...curlClient.asUser('carol'), ...here, `${cluster.ready.gateway}/api/v2/me`);
    let answer = await carol();
    for (let tries = 0; tries < 20 && answer.status === 429; tries++) answer = await carol();
    expect(answer.status).toBe(200);
    expect(
      (await curl(...curlClient.asUser('alice'), ...fromElsewhere(), `${cluster.ready.gateway}/api/v2/me`)).status,
    ).toBe(200);
  });
});
