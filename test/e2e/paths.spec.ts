import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { METHODS } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '#test/cluster/free-ports.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { GenesysCloud, type HawkCredential } from '#test/local-key-manager/genesys-cloud.js';
import { managementPage } from '#test/cluster/management-page.js';
import { sendRaw, statusesIn } from './raw-connection.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

interface Route {
  readonly method: string;
  readonly url: string;
}

const work = mkdtempSync(join(tmpdir(), 'rcs-paths-'));
let cluster: RunningCluster;
let keyManager: string;
let client: CurlClient;
let ca: Buffer;
let routes: readonly Route[];

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_LOCAL_KEY_MANAGER__LISTEN__PORT: String(port),
  });
  keyManager = `https://127.0.0.1:${port}`;
  client = new CurlClient(cluster, work);
  ca = readFileSync(cluster.ready.caFile);
  const listed = await managementPage(cluster.ready.management.gateway, '/routes');
  ({ routes } = (await listed.json()) as { routes: readonly Route[] });
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const isKeyManager = ({ url }: Route): boolean => url.startsWith('/key-management/');
const coded = (text: string): string =>
  Array.from(text, character => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');

/** Whether a pattern of the router has this path. */
const covers = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path);

/** Other texts for a path, of which servers and proxies make one thing and another. */
function spellings(path: string): string[] {
  const parts = path.split('/').slice(1);
  const withPart = (index: number, part: string): string => `/${parts.with(index, part).join('/')}`;
  const ofParts = parts.flatMap((part, index) => [
    withPart(index, coded(part)),
    withPart(index, coded(part.slice(0, 1)) + part.slice(1)),
    withPart(index, coded(coded(part.slice(0, 1))) + part.slice(1)),
    withPart(index, part.toUpperCase()),
    withPart(index, `${part};a=b`),
    withPart(index, `/${part}`),
    withPart(index, `./${part}`),
    withPart(index, `x/../${part}`),
    withPart(index, `%2e/${part}`),
    withPart(index, `${part}%00`),
    withPart(index, `${part}%20`),
  ]);
  const whole = [
    `${path}/`,
    `${path}?`,
    `${path}//`,
    `${path}/.`,
    path.replaceAll('/', '%2f'),
    path.replaceAll('/', '\\'),
  ];
  return [...ofParts, ...whole, `http://${new URL(cluster.ready.gateway).host}${path}`];
}

/** Asks for each path; undefined where the connection was closed without an answer. */
async function statusesOf(
  server: string,
  method: string,
  paths: readonly string[],
  fields: readonly string[] = [],
): Promise<(number | undefined)[]> {
  const request = (path: string, isLast: boolean): string => {
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(server).host}`, ...fields];
    return [...lines, ...(isLast ? ['Connection: close'] : []), '', ''].join('\r\n');
  };
  // What may not be readable at all would take the answers before it along.
  const isReadable = (path: string): boolean => path.startsWith('/');
  const together = paths.filter(isReadable);
  const requests = together.map((path, index) => request(path, index === together.length - 1));
  const answered = statusesIn(await sendRaw(server, ca, [requests.join('')]));
  expect(answered).toHaveLength(together.length);
  const found = new Map(together.map((path, index) => [path, answered[index]]));
  for (const path of paths.filter(one => !isReadable(one))) {
    found.set(path, statusesIn(await sendRaw(server, ca, [request(path, true)]))[0]);
  }
  return paths.map(path => found.get(path));
}

/** Nothing is answered there: people who type it are led to the path. */
const redirections: Readonly<Record<string, number>> = { '/console/': 302 };

/** What no spelling may be answered: everything but what its path is answered, and that there is no such path. */
async function wrongAnswers(fields: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of routes) {
    const server = isKeyManager(route) ? keyManager : cluster.ready.gateway;
    const path = route.url.replace(/:\w+/g, 'x');
    const all = [path, ...spellings(path)];
    const [plain, ...others] = await statusesOf(server, route.method, all, fields);
    for (const [index, status] of others.entries()) {
      if (status === redirections[all[index + 1] ?? '']) continue;
      if (status !== plain && ![400, 404, 405].includes(status ?? 0))
        wrong.push(`${route.method} ${all[index + 1]}: ${status} instead of ${plain}`);
    }
  }
  return wrong;
}

it('every spelling of every path meets the rule of that path, or nothing', async () => {
  expect(routes.length).toBeGreaterThan(70);
  expect(await wrongAnswers([])).toEqual([]);
});

it('the same with the credentials of somebody who may do little', async () => {
  const carol = cluster.ready.users.find(({ name }) => name === 'carol')!;
  const credentials = Buffer.from(`${carol.name}:${carol.password}`).toString('base64');
  expect(await wrongAnswers([`Authorization: Basic ${credentials}`])).toEqual([]);
});

/** Status and Allow of each answer on one connection; the last request closes it. */
async function answersOf(server: string, requests: readonly (readonly [string, string])[]) {
  const lines = requests.map(([method, path], index) =>
    [
      `${method} ${path} HTTP/1.1`,
      `Host: ${new URL(server).host}`,
      ...(index === requests.length - 1 ? ['Connection: close'] : []),
      '',
      '',
    ].join('\r\n'),
  );
  const answers = (await sendRaw(server, ca, [lines.join('')])).split(/(?=HTTP\/1\.1 \d{3} )/);
  return answers.map(answer => [statusesIn(answer)[0], /^allow: (.*)$/im.exec(answer)?.[1]?.trim()] as const);
}

it('every method that a path does not have is answered 405 with those that it has, and one that is none 501', async () => {
  const urls = [...new Set(routes.map(({ url }) => url))];
  const wrong: unknown[] = [];
  for (const url of urls) {
    const own = routes.filter(route => route.url === url).map(({ method }) => method);
    const path = url.replace(/:\w+/g, 'x');
    const server = isKeyManager({ method: '', url }) ? keyManager : cluster.ready.gateway;
    // HEAD has no body, by which answers are told apart here; the answer to CONNECT is no HTTP.
    const others = METHODS.filter(method => !['HEAD', 'CONNECT'].includes(method));
    const probes = others.filter(method => !own.includes(method)).map(method => [method, path] as const);
    for (const [index, [status, allow]] of (await answersOf(server, probes)).entries()) {
      const allowed = allow?.split(', ') ?? [];
      const [method = ''] = probes[index] ?? [];
      // Another pattern that the path has, too, may know the method.
      const known = routes.some(route => route.method === method && route.url !== url && covers(route.url, path));
      if (known) continue;
      if (status !== 405 || !own.every(one => allowed.includes(one)) || allowed.includes(method))
        wrong.push([method, path, status, allow]);
    }
    expect(await answersOf(server, [['FOO', path]])).toEqual([[501, undefined]]);
  }
  expect(wrong).toEqual([]);
  expect(
    await answersOf(cluster.ready.gateway, [
      ['PROPFIND', '/nowhere'],
      ['DELETE', '/rcs/nowhere'],
    ]),
  ).toEqual([
    [404, undefined],
    [404, undefined],
  ]);
});

it('with a port of its own, nothing of the key-management API is answered on the public one, and nothing else there', async () => {
  const wrong: string[] = [];
  for (const route of routes) {
    const other = isKeyManager(route) ? cluster.ready.gateway : keyManager;
    const path = route.url.replace(/:\w+/g, 'x');
    const all = [path, ...spellings(path)];
    const statuses = await statusesOf(other, route.method, all);
    for (const [index, status] of statuses.entries()) {
      if (status !== 404 && status !== 400) wrong.push(`${route.method} ${other}${all[index]}: ${status}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(await statusesOf(keyManager, 'GET', ['/key-management/v1/health'])).toEqual([200]);
});

it('a signature of the payload covers the payload, however the path is written', async () => {
  const { contactCenter } = cluster.ready;
  const body = JSON.stringify({ id: 'paths-of-a-test', contactCenter });
  const registration = ['-H', 'Content-Type: application/json', '-d', body, `${keyManager}/key-management/v1/auth`];
  const registered = await curl(...client.asOps(), ...registration);
  expect(registered.status).toBe(200);
  const credential = JSON.parse(registered.body.toString()) as HawkCredential;
  const cloud = new GenesysCloud(keyManager, ca.toString(), credential);
  try {
    for (const path of ['/key-management/v1/decrypt', '/%6bey-management/v1/decrypt', '/key-management/v1/%64ecrypt']) {
      const signed = cloud.sign('POST', path, { signBody: true, rawBody: '' });
      const answer = await cloud.call('POST', path, {
        rawBody: '{"keypairId":"x","body":"eA=="}',
        authorization: signed,
      });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  } finally {
    await cloud.close();
  }
});
