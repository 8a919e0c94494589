import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsOf } from '#test/cluster/management-page.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { Browser, header, json } from './browser.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-browser-security-'));
const site = 'https://player.genesys.com';
let cluster: RunningCluster;
let curlClient: CurlClient;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__CSRF_EXEMPTIONS: '[{ userName: bob }]',
    RCS_SERVER_SETTINGS__CROSS_ORIGIN_SETTINGS:
      '{ allowedOrigins: "https://*.genesys.com, http://*.genesyslab.com", corsFilterCacheTimeToLive: 1 }',
  });
  curlClient = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const newBrowser = (): Browser => new Browser(cluster, work);
const demo = (): string => `/api/v2${cluster.ready.recordings[0]?.playPath ?? ''}`;
const basic = (name: string): string[] => curlClient.asUser(name).slice(2);

describe('the CSRF flow of the reference', () => {
  const insertion = () => `/internal-api/contact-centers/${cluster.ready.contactCenter}/recordings`;
  const ops = () => ['--user', `${cluster.ready.ops.name}:${cluster.ready.ops.password}`];
  const recording = (id: string) => [
    ...header('content-type', 'application/json'),
    '--data',
    JSON.stringify({
      id,
      mediaFiles: [{ mediaId: 'a.mp3', type: 'audio/mp3', mediaDescriptor: { storage: 'webDAV', path: 'a' } }],
    }),
  ];

  it('GET hands token and cookie out; the next POST carries both', async () => {
    const browser = newBrowser();
    const me = await browser.send('/api/v2/me', ...ops());
    expect(me.status).toBe(200);
    expect(me.headers['x-csrf-header']).toBe('X-CSRF-TOKEN');
    const token = me.headers['x-csrf-token'] ?? '';
    expect(token).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const answer = await browser.send(insertion(), ...ops(), ...header('X-CSRF-TOKEN', token), ...recording('CSRF-1'));
    expect(answer.status).toBe(201);
  });

  it.each<readonly [string, (token: string) => string[], boolean]>([
    ['without the token', () => [], true],
    ['with a wrong token', () => header('X-CSRF-TOKEN', '0f8fad5b-d9cb-869f-a165-70867728950e'), true],
    ['with the token but without the cookie', token => header('X-CSRF-TOKEN', token), false],
  ])('%s the answer is 403 and says so', async (_, headers, keepsCookie) => {
    const browser = newBrowser();
    const token = (await browser.send('/api/v2/me', ...ops())).headers['x-csrf-token'] ?? '';
    const sender = keepsCookie ? browser : newBrowser();
    const answer = await sender.send(insertion(), ...ops(), ...headers(token), ...recording('CSRF-2'));
    expect(answer.status).toBe(403);
    expect(json(answer)).toEqual({ statusCode: 3, statusMessage: 'Missing or invalid Csrf token' });
  });

  it('the token of one session is worth nothing in another', async () => {
    const [mine, other] = [newBrowser(), newBrowser()];
    const token = (await other.send('/api/v2/me', ...ops())).headers['x-csrf-token'] ?? '';
    await mine.send('/api/v2/me', ...ops());
    const answer = await mine.send(insertion(), ...ops(), ...header('X-CSRF-TOKEN', token), ...recording('CSRF-3'));
    expect(answer.status).toBe(403);
  });

  it('the session of another user does not help', async () => {
    const browser = newBrowser();
    const token = await browser.logIn('alice');
    const answer = await browser.send(insertion(), ...ops(), ...header('X-CSRF-TOKEN', token), ...recording('CSRF-4'));
    expect(answer.status).toBe(403);
  });

  it('an exempt client needs none, unless a browser speaks for it', async () => {
    const exempt = await curl(
      ...curlClient.asUser('bob'),
      '--request',
      'DELETE',
      `${cluster.ready.gateway}/api/v2/sessions`,
    );
    expect(exempt.status).toBe(200);
    const page = await curl(
      ...curlClient.asUser('bob'),
      ...header('Origin', site),
      '--request',
      'DELETE',
      `${cluster.ready.gateway}/api/v2/sessions`,
    );
    expect(page.status).toBe(403);
  });

  it('an exempt client of people who may labels and protects recordings, as SpeechMiner does', async () => {
    const browser = newBrowser();
    const token = await browser.logIn('alice');
    const asAlice = [...header('X-CSRF-TOKEN', token), ...header('content-type', 'application/json')];
    const granted = await browser.send(
      ...(['/rcs/users/bob', ...asAlice, '--request', 'PATCH', '--data'] as const),
      JSON.stringify({ accessGroups: ['/'], privileges: ['add-label-definition', 'add-label', 'apply-non-delete'] }),
    );
    expect(granted.status).toBe(200);
    const id = cluster.ready.recordings[0]?.id ?? '';
    const post = (path: string, body: object) =>
      curl(
        ...curlClient.asUser('bob'),
        ...header('content-type', 'application/json'),
        ...['--data', JSON.stringify(body), `${cluster.ready.gateway}/api/v2${path}`],
      );
    expect((await post('/recording-label-definitions', { name: 'reviewed' })).status).toBe(201);
    expect((await post(`/recordings/${id}/labels`, { name: 'reviewed' })).status).toBe(201);
    expect((await post(`/recordings/${id}`, { operationName: 'applyNonDelete' })).status).toBe(200);
    const read = await curl(...curlClient.asUser('alice'), `${cluster.ready.gateway}/api/v2/recordings/${id}`);
    expect(json(read)).toMatchObject({ nonDelete: true, labels: [{ name: 'reviewed', user: 'bob' }] });
  });

  it('clients that keep no cookie may play and read as before', async () => {
    expect((await curl(...curlClient.asUser('alice'), cluster.ready.gateway + demo())).status).toBe(200);
  });
});

describe('sessions', () => {
  const countedSessions = async () => {
    const text = await metricsOf(cluster.ready.management.gateway);
    const count = (event: string): number =>
      Number(new RegExp(`^rcs_sessions_total\\{[^}]*event="${event}"[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
    return { begun: count('begun'), ended: count('ended') };
  };

  it('login gives a cookie that scripts cannot read and only TLS carries', async () => {
    const answer = await newBrowser().send('/api/v2/sessions', '--request', 'POST', ...basic('alice'));
    expect(answer.status).toBe(201);
    expect(answer.headers['set-cookie']).toMatch(/^JSESSIONID=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(answer.body.toString()).not.toContain(answer.headers['set-cookie']?.slice(11, 54));
  });

  it('the cookie alone plays and reads', async () => {
    const browser = newBrowser();
    await browser.logIn('alice');
    expect(json(await browser.send('/api/v2/me'))).toMatchObject({ user: { userName: 'alice' } });
    const part = await browser.send(demo(), '--range', '0-99');
    expect([part.status, part.body.length]).toEqual([206, 100]);
  });

  it('a wrong password opens none', async () => {
    const body = JSON.stringify({ userName: 'alice', password: 'wrong' });
    const answer = await newBrowser().send(
      '/api/v2/sessions',
      ...header('content-type', 'application/json'),
      '-d',
      body,
    );
    expect(answer.status).toBe(401);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('logout ends it on the server, not only in the browser', async () => {
    const browser = newBrowser();
    const before = await countedSessions();
    const token = await browser.logIn('alice');
    const { secret } = browser;
    const csrf = header('X-CSRF-TOKEN', token);
    const out = await browser.send('/api/v2/sessions/current', '--request', 'DELETE', ...csrf);
    expect(out.status).toBe(200);
    expect(out.headers['set-cookie']).toMatch(/^JSESSIONID=; Max-Age=0; /);
    expect((await newBrowser().send('/api/v2/me', '--cookie', `JSESSIONID=${secret}`)).status).toBe(401);
    expect(await countedSessions()).toEqual({ begun: before.begun + 1, ended: before.ended + 1 });
  });

  it('a login rotates the cookie and ends the session before it', async () => {
    const browser = newBrowser();
    await browser.logIn('alice');
    const before = browser.secret;
    await browser.logIn('carol');
    expect(browser.secret).not.toBe(before);
    expect((await newBrowser().send('/api/v2/me', '--cookie', `JSESSIONID=${before}`)).status).toBe(401);
    expect(json(await browser.send('/api/v2/me'))).toMatchObject({ user: { userName: 'carol' } });
  });

  it('users see and end their own sessions, and nobody else’s', async () => {
    const [here, there] = [newBrowser(), newBrowser()];
    const token = header('X-CSRF-TOKEN', await here.logIn('carol'));
    await there.logIn('carol');
    const listed = json(await here.send('/api/v2/sessions'))['sessions'] as { id: string; current: boolean }[];
    expect(listed.filter(({ current }) => current)).toHaveLength(1);
    const other = listed[0];
    expect(other?.current).toBe(false);
    const another = newBrowser();
    const theirs = header('X-CSRF-TOKEN', await another.logIn('alice'));
    expect((await another.send(`/api/v2/sessions/${other?.id}`, '-X', 'DELETE', ...theirs)).status).toBe(404);
    expect((await there.send('/api/v2/me')).status).toBe(200);
    expect((await here.send(`/api/v2/sessions/${other?.id}`, '-X', 'DELETE', ...token)).status).toBe(200);
    expect((await there.send('/api/v2/me')).status).toBe(401);
    expect((await here.send('/api/v2/me')).status).toBe(200);
  });

  it('the session id in lists opens nothing', async () => {
    const browser = newBrowser();
    await browser.logIn('alice');
    const [session] = json(await browser.send('/api/v2/sessions'))['sessions'] as { id: string }[];
    expect((await newBrowser().send('/api/v2/me', '--cookie', `JSESSIONID=${session?.id}`)).status).toBe(401);
  });

  it('an operations account ends all sessions of a user; the user may not do that to others', async () => {
    const carol = newBrowser();
    const token = header('X-CSRF-TOKEN', await carol.logIn('carol'));
    expect((await carol.send('/api/v2/users/alice/sessions', '-X', 'DELETE', ...token)).status).toBe(403);
    const ops = newBrowser();
    const { name, password } = cluster.ready.operations;
    const account = ['--user', `${name}:${password}`];
    const opsToken = (await ops.send('/api/v2/me', ...account)).headers['x-csrf-token'] ?? '';
    const path = '/api/v2/users/carol/sessions';
    const ended = await ops.send(path, '-X', 'DELETE', ...account, ...header('X-CSRF-TOKEN', opsToken));
    expect(ended.status).toBe(200);
    expect((await carol.send('/api/v2/me')).status).toBe(401);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string, method: string, headers: string) =>
    newBrowser().send(
      demo(),
      '-X',
      'OPTIONS',
      ...header('Origin', origin),
      ...header('Access-Control-Request-Method', method),
      ...header('Access-Control-Request-Headers', headers),
    );

  it('an allowed page may ask for ranges with credentials', async () => {
    const answer = await preflight(site, 'GET', 'authorization,range,x-csrf-token');
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': site,
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '1',
      vary: 'Origin',
    });
    expect(answer.headers['access-control-allow-headers']).toMatch(/\bRange\b/);
  });

  it('and sees what it needs to seek', async () => {
    const browser = newBrowser();
    await browser.logIn('alice');
    const answer = await browser.send(demo(), '--range', '10-19', ...header('Origin', site));
    expect(answer.status).toBe(206);
    expect(answer.headers['access-control-allow-origin']).toBe(site);
    const exposed = (answer.headers['access-control-expose-headers'] ?? '').split(',');
    expect(exposed).toEqual(expect.arrayContaining(['Content-Range', 'Accept-Ranges', 'ETag', 'X-CSRF-TOKEN']));
  });

  it.each([
    'https://genesys.com.evil.test',
    'https://player.genesys.com.evil.test',
    'https://evilgenesys.com',
    'https://player.genesys.com:8443',
    'http://player.genesys.com',
    'https://evil.test',
    'null',
  ])('%s is refused before anything happens', async origin => {
    expect((await preflight(origin, 'GET', 'range')).status).toBe(403);
    const answer = await curl(
      ...curlClient.asUser('alice'),
      ...header('Origin', origin),
      cluster.ready.gateway + demo(),
    );
    expect(answer.status).toBe(403);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('methods and header fields that are not allowed are refused', async () => {
    expect((await preflight(site, 'PATCH', '')).status).toBe(403);
    expect((await preflight(site, 'GET', 'x-forwarded-for')).status).toBe(403);
  });

  it('an answer without CORS stays with pages of this site', async () => {
    const answer = await curl(...curlClient.asUser('alice'), cluster.ready.gateway + demo());
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-site');
  });

  it('a contact center allows origins for its own users, and for nobody else', async () => {
    const own = 'https://desk.example.test';
    const browser = newBrowser();
    const token = header('X-CSRF-TOKEN', await browser.logIn('alice'));
    const settings = '/api/v2/settings/cross-origin';
    const put = (body: object) => browser.sendJson(settings, body, '--request', 'PUT', ...token);
    expect((await put({ allowedOrigins: ['https://*.example.test/path'] })).status).toBe(400);
    expect((await put({ allowedOrigins: ['*'] })).status).toBe(400);
    expect((await put({ allowedOrigins: ['https://*.example.test'] })).status).toBe(200);
    const from = (credentials: string[]) =>
      curl(...credentials, ...header('Origin', own), `${cluster.ready.gateway}/api/v2/me`);
    let answer = await from(curlClient.asUser('alice'));
    for (let tries = 0; tries < 200 && answer.status === 403; tries++) answer = await from(curlClient.asUser('alice'));
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, own]);
    const ops = await from(curlClient.asOps());
    expect([ops.status, ops.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    const carol = newBrowser();
    await carol.logIn('carol');
    expect((await carol.send(settings)).status).toBe(403);
  });
});
