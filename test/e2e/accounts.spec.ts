import { Caller, type Message } from '../properties/world/caller.js';
import { PropertyCluster, type Route } from '../properties/world/property-cluster.js';

jest.setTimeout(300_000);

/** Beside what is open to everybody, all that the recorder may call: a new route is not among it. */
const ofRecorder = new Set([
  'GET /api/v2/me',
  'POST /internal-api/contact-centers/:contactCenter/recordings',
  'POST /api/contact-centers/:contactCenter/recordings',
  'GET /rcs/contact-centers/:contactCenter/recipients',
  'GET /rcs/contact-centers/:contactCenter/recipients/events',
]);
/** And all that an operations account may call that holds nothing but its role. */
const ofOperations = new Set([
  'GET /api/v2/me',
  'POST /api/v2/sessions',
  'GET /api/v2/sessions',
  'DELETE /api/v2/sessions',
  'DELETE /api/v2/sessions/current',
  'DELETE /api/v2/sessions/:id',
  'GET /api/v2/users/:userName/sessions',
  'DELETE /api/v2/users/:userName/sessions',
  'DELETE /api/v2/users/:userName/sessions/:id',
  'GET /rcs/users',
  'GET /rcs/users/:userName',
  'POST /rcs/users',
  'PATCH /rcs/users/:userName',
  'PUT /rcs/users/:userName/password',
  'DELETE /rcs/users/:userName',
  'GET /rcs/roles',
  'GET /rcs/system',
  'GET /rcs/access-groups',
  'DELETE /api/v2/ops/contact-centers/:contactCenter/recordings/:id',
  'GET /api/v2/ops/contact-centers/:contactCenter/mounted-recordings',
  'DELETE /api/v2/ops/contact-centers/:contactCenter/mounted-recordings/:id',
  'GET /api/v2/ops/contact-centers',
  'GET /api/v2/ops/contact-centers/:contactCenter/features',
  'POST /api/v2/ops/contact-centers/:contactCenter/features',
  'GET /api/v2/ops/removals',
  'POST /api/v2/ops/removals',
  'GET /api/v2/ops/hand-overs',
  'POST /api/v2/ops/hand-overs',
  'GET /rcs/audit',
  'GET /rcs/audit/export',
  'GET /rcs/audit/proof',
  'GET /rcs/recordings/:id/listeners',
  'GET /rcs/openapi.json',
  'GET /rcs/openapi',
  'GET /rcs/openapi/:file',
]);
const keyManager = '/key-management/v1';
/** Nobody is asked who they are; what each answers to a program that asks for no page. */
const open: ReadonlyMap<string, number> = new Map([
  [`GET ${keyManager}/health`, 200],
  ['GET /', 404],
  ['GET /console', 200],
  ['GET /console/:file', 404],
  ['GET /console/login', 200],
  ['GET /console/login/openid', 404],
  ['GET /console/login/openid/callback', 404],
]);
/** No password opens these: requests are signed with Hawk. */
const signed = new Set([
  `POST ${keyManager}/keypair`,
  `GET ${keyManager}/keypair`,
  `GET ${keyManager}/keypair/:id`,
  `POST ${keyManager}/decrypt`,
  `OPTIONS ${keyManager}/decrypt`,
  `GET ${keyManager}/request-log`,
  `DELETE ${keyManager}/request-log`,
]);

const password = 'a long password of nobody 1';
let cluster: PropertyCluster;
let operations: Caller;
let routes: readonly Route[];

beforeAll(async () => {
  cluster = await PropertyCluster.start({
    RCS_SERVER_SETTINGS__LOGIN_THROTTLING: '{"failuresPerUser":20,"failuresPerAddress":100,"longestDelayMs":200}',
  });
  await cluster.ops.must('POST', '/rcs/users', { userName: 'bare', password, roles: ['ops'] });
  operations = new Caller('bare', cluster.door, password);
  routes = await cluster.routes();
});
afterAll(() => cluster?.stop());

const person = (name: string): Caller => {
  const user = cluster.ready.users.find(candidate => candidate.name === name)!;
  return new Caller(name, cluster.door, user.password);
};

/** A request for a route, about things that are there wherever nothing is lost by it. */
function requestOf({ method, url }: Route): Message {
  const { recordings, contactCenter, certificates } = cluster.ready;
  const [, id = '', leaf = ''] = /\/recordings\/([^/]+)\/play\/([^/]+)$/.exec(recordings[0]!.playPath) ?? [];
  const values: Readonly<Record<string, string>> = {
    id: (url.includes('/recordings/') || url.includes('/play/')) && !url.includes('/ops/') ? id : 'no-such-id',
    leaf,
    contactCenter,
    alias: certificates[0]!.alias,
    userName: 'nobody-is-called-so',
    name: 'record',
    file: 'start.js',
  };
  const path = url.replace(/:(\w+)/g, (_, name: string) => values[name] ?? 'nothing');
  const query = /\/recipients(\/events)?$/.test(path) ? '?ivrProfile=record' : '';
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'DELETE';
  return { method, path: `${path}${query}`, ...(hasBody ? { json: {} } : {}), listenMs: 200 };
}

/** What is wrong with the answers to one account, over all routes. */
async function surprises(caller: Caller, allowed: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const name = `${route.method} ${route.url}`;
    const { status, body } = await caller.send(requestOf(route));
    const right = open.has(name)
      ? status === open.get(name)
      : signed.has(name)
        ? status === 401
        : allowed.has(name)
          ? ![0, 401, 403].includes(status) && status < 500
          : status === 403;
    if (!right) found.push(`${name}: ${status} ${body.toString().slice(0, 200)}`);
  }
  return found;
}

describe('an account reaches what it is for', () => {
  it('the recorder: its routes, and 403 on every other', async () => {
    expect(routes.length).toBeGreaterThan(70);
    expect(await surprises(cluster.recorder, ofRecorder)).toEqual([]);
  });

  it('an operations account: users, sessions and the audit, and 403 on every other', async () => {
    expect(await surprises(operations, ofOperations)).toEqual([]);
  });

  it('and the lists name no route that is not there', () => {
    const all = new Set(routes.map(({ method, url }) => `${method} ${url}`));
    const listed = [...ofRecorder, ...ofOperations, ...open.keys(), ...signed];
    expect(listed.filter(route => !all.has(route))).toEqual([]);
  });

  it('the recorder learns whether an id is taken, and nothing of the recording', async () => {
    const { recorder } = cluster;
    const taken = await recorder.get(requestOf({ method: 'GET', url: '/api/v2/recordings/:id' }).path);
    expect([taken.status, JSON.parse(taken.body.toString())]).toEqual([
      403,
      { statusCode: 5, statusMessage: expect.any(String) as string },
    ]);
    expect((await recorder.get('/api/v2/recordings/no-such-recording')).status).toBe(404);
  });

  it('whoever used the recorder for users hears what to do', async () => {
    const { status, body } = await cluster.recorder.get('/rcs/users');
    expect(status).toBe(403);
    expect(body.toString()).toContain('rcsctl users add NAME --role ops');
  });
});

describe("the recorder's password alone", () => {
  const wishes = { userName: 'mallory', password, roles: ['admin'], privileges: ['decrypt-recording'] };
  const play = (): string => `/api/v2${cluster.ready.recordings[0]!.playPath}`;
  const recording = (): string => play().replace(/\/play\/.*$/, '');

  it('reaches no playback in any chain of requests', async () => {
    const { recorder, ready, door } = cluster;
    const add = { ...wishes, contactCenter: ready.contactCenter };
    const passwordOfBob = { method: 'PUT', path: '/rcs/users/bob/password', json: { password } };
    const attempts: Message[] = [
      { method: 'POST', path: '/rcs/users', json: add },
      { method: 'POST', path: '/rcs/users', json: { ...wishes, roles: ['ops'] } },
      passwordOfBob,
      { method: 'PUT', path: '/rcs/users/ops/password', json: { password, currentPassword: ready.ops.password } },
      { method: 'PATCH', path: '/rcs/users/bob', json: { privileges: ['decrypt-recording'] } },
      { method: 'POST', path: `${recording()}/play-tickets`, json: { mediaId: 'call.mp3' } },
      { method: 'POST', path: '/rcs/local-key-manager/credentials', json: { id: 'mallory' } },
      { method: 'POST', path: '/rcs/local-key-manager/invitations', json: {} },
      { method: 'POST', path: `${keyManager}/auth`, json: { id: 'mallory-cloud' } },
      { method: 'GET', path: '/api/v2/users/alice/sessions' },
      { method: 'GET', path: play() },
      { method: 'HEAD', path: play() },
      { method: 'GET', path: recording() },
    ];
    const sessions: Message[] = [
      { method: 'POST', path: '/api/v2/sessions' },
      { method: 'POST', path: '/api/v2/sessions', json: { userName: ready.ops.name, password: ready.ops.password } },
    ];
    for (const attempt of [...attempts, ...sessions]) expect((await recorder.send(attempt)).status).toBe(403);
    // The session that comes with the CSRF token is worth no more than the password.
    const me = await recorder.get('/api/v2/me');
    expect(me.status).toBe(200);
    const [cookie = ''] = /JSESSIONID=[\w-]+/.exec(me.headers['set-cookie'] ?? '') ?? [];
    const headers = { cookie, 'x-csrf-token': me.headers['x-csrf-token'] ?? '' };
    for (const attempt of attempts) expect((await door.send({ ...attempt, headers })).status).not.toBe(200);
    for (const name of ['mallory', 'bob']) {
      const intruder = new Caller(name, door, password);
      expect((await intruder.get(play())).status).toBe(401);
    }
  });

  it('and an operations account that holds nothing makes nobody who plays', async () => {
    const { ready, door } = cluster;
    const add = { ...wishes, contactCenter: ready.contactCenter };
    const attempts: Message[] = [
      { method: 'POST', path: '/rcs/users', json: add },
      { method: 'POST', path: '/rcs/users', json: { ...add, privileges: [] } },
      { method: 'POST', path: '/rcs/users', json: { ...add, roles: ['agent'], privileges: [], agentIds: ['alice'] } },
      { method: 'PUT', path: '/rcs/users/alice/password', json: { password } },
      { method: 'PUT', path: '/rcs/users/carol/password', json: { password } },
      { method: 'PATCH', path: '/rcs/users/carol', json: { privileges: ['decrypt-recording'] } },
      { method: 'GET', path: play() },
    ];
    for (const attempt of attempts) expect((await operations.send(attempt)).status).toBe(403);
    expect((await new Caller('mallory', door, password).get(play())).status).toBe(401);
  });
});

describe('who administers a contact center', () => {
  it('sees failed logins of its people, which tell the stranger nothing', async () => {
    const wrong = await new Caller('bob', cluster.door, 'a wrong password').get('/api/v2/me');
    const unknown = await new Caller('nobody-knows-me', cluster.door, 'a wrong password').get('/api/v2/me');
    expect([wrong.status, wrong.body.toString()]).toEqual([401, unknown.body.toString()]);
    const path = '/rcs/audit?user=bob&order=newest-first';
    const seen = async (): Promise<unknown> => {
      const { records } = await person('alice').must<{ records: { event: string }[] }>('GET', path);
      return records.find(({ event }) => event === 'login-failed');
    };
    let failure = await seen();
    for (let tries = 0; tries < 100 && failure === undefined; tries++) failure = await seen();
    expect(failure).toMatchObject({ user: 'bob', contactCenter: cluster.ready.contactCenter, outcome: 'refused' });
  });
});

describe('a page of the same host, but of another scheme', () => {
  it('is another origin', async () => {
    const { host } = new URL(cluster.ready.gateway);
    const from = (origin: string) => person('alice').get('/api/v2/me', { origin });
    expect((await from(`http://${host}`)).status).toBe(403);
    expect((await from(`https://${host}`)).status).toBe(200);
    expect((await from('https://127.0.0.1')).status).toBe(403);
  });
});

describe('110 logins with invented names from one address', () => {
  const logIn = (caller: Caller) => caller.send({ method: 'POST', path: '/api/v2/sessions', json: {} });

  it('slow strangers there, and keep nobody out who has the right password', async () => {
    expect((await logIn(person('alice'))).status).toBe(201);
    const invented = Array.from({ length: 110 }, (_, index) => new Caller(`invented-${index}`, cluster.door, 'wrong'));
    const statuses: number[] = [];
    while (invented.length > 0) {
      const batch = await Promise.all(invented.splice(0, 10).map(logIn));
      statuses.push(...batch.map(({ status }) => status));
    }
    expect(statuses.filter(status => status === 401).length).toBeGreaterThanOrEqual(80);
    expect(new Set(statuses)).toEqual(statuses.includes(429) ? new Set([401, 429]) : new Set([401]));
    expect((await logIn(person('alice'))).status).toBe(201);
    expect((await cluster.recorder.get('/api/v2/me')).status).toBe(200);
    expect((await logIn(operations)).status).toBe(201);
    // Who never was here waits for a moment.
    expect((await logIn(person('carol'))).status).toBe(201);
  });

  it('and 110 guesses at one person there keep out neither that person nor the recorder', async () => {
    expect((await person('alice').get('/api/v2/me')).status).toBe(200);
    const guesses = Array.from({ length: 110 }, (_, index) => new Caller('alice', cluster.door, `wrong ${index}`));
    let looked = 0;
    while (guesses.length > 0) {
      const batch = await Promise.all(guesses.splice(0, 10).map(guess => guess.get('/api/v2/me')));
      looked += batch.filter(({ status }) => status === 401).length;
    }
    expect(looked).toBeLessThanOrEqual(20);
    expect((await person('alice').get('/api/v2/me')).status).toBe(200);
    expect((await cluster.recorder.get('/api/v2/me')).status).toBe(200);
  });
});
