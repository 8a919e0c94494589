import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdOf } from '#test/cluster/process-id.js';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { managementPage } from '#test/cluster/management-page.js';
import { GatewayFront, playPaced } from '../resilience/paced-player.js';
import { CertificateAdministrator } from './certificate-administrator.js';
import { sendRaw, statusesIn } from './raw-connection.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-unread-bodies-'));
let cluster: RunningCluster;
let curlClient: CurlClient;
let administrator: CertificateAdministrator;
let ca: Buffer;
let process: number;
/** What the gateway wrote before is not of these tests. */
let writtenBefore: number;
let playPath: string;
let media: Buffer;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  administrator = new CertificateAdministrator(cluster, work);
  ca = readFileSync(cluster.ready.caFile);
  process = processIdOf('playback-gateway', cluster.ready.dataDir);
  writtenBefore = gatewayLog().length;
  ({ playPath, media } = await longRecording());
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** One that plays for longer than the buffers between gateway and player hold. */
async function longRecording(): Promise<{ playPath: string; media: Buffer }> {
  const demo = (await curlClient.play(cluster.ready.recordings[0]!.playPath)).body;
  const repeated = Buffer.concat(Array.from({ length: 100 }, () => demo));
  const certificate = `demo=${cluster.ready.certificates[0]!.file}`;
  const path = await administrator.record(curlClient.write('long.mp3', repeated), '--certificate', certificate);
  return { playPath: path, media: repeated };
}

function startPlaying(): Promise<string> {
  const [user] = cluster.ready.users;
  const gateways = new Map([[{ isReady: () => Promise.resolve(true) }, cluster.ready.gateway]]);
  const options = { ca, user: user!, bytesPerSecond: 2_000_000 };
  return playPaced(new GatewayFront(gateways), playPath, media, options);
}

interface Body {
  readonly type: string;
  readonly bytes: string;
}
/** The very request that ended a gateway: a file that is cut off, 66 bytes. */
const cutForm: Body = {
  type: 'multipart/form-data; boundary=X',
  bytes: '--X\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nyy',
};
const bodies: readonly Body[] = [
  cutForm,
  { type: 'application/json', bytes: '{"alias":"a' },
  { type: 'application/json', bytes: '['.repeat(1024 * 1024) },
];

async function send(method: string, url: string, { type, bytes }: Body): Promise<number | undefined> {
  const { host } = new URL(cluster.ready.gateway);
  const fields = [`Host: ${host}`, 'Connection: close', `Content-Type: ${type}`, `Content-Length: ${bytes.length}`];
  const head = [`${method} ${url} HTTP/1.1`, ...fields, '', ''].join('\r\n');
  return statusesIn(await sendRaw(cluster.ready.gateway, ca, [head, bytes])).at(-1);
}

const gatewayLog = (): string => readFileSync(join(cluster.ready.dataDir, 'logs', 'playback-gateway.log'), 'utf8');

function expectSameProcess(): void {
  expect(gatewayLog().slice(writtenBefore)).not.toContain('"level":"fatal"');
  expect(processIdOf('playback-gateway', cluster.ready.dataDir)).toBe(process);
}

it('66 bytes of somebody unknown end neither the gateway nor a playback', async () => {
  const playing = startPlaying();
  for (let times = 0; times < 20; times++) expect(await send('POST', '/rcs/certificates', cutForm)).toBe(401);
  expect(await playing).toBe('identical');
  expectSameProcess();
});

/** What strangers may call, and what it answers to such bodies. */
const open: Readonly<Record<string, readonly number[]>> = {
  'POST /api/v2/sessions': [400, 413, 415],
  'GET /key-management/v1/health': [200],
  'GET /': [404],
  'GET /console': [200],
  'GET /console/:file': [404],
  'GET /console/login': [200],
  'GET /console/login/openid': [404],
  'GET /console/login/openid/callback': [404],
};

it('no route reads what a stranger sends', async () => {
  const listed = await managementPage(cluster.ready.management.gateway, '/routes');
  const { routes } = (await listed.json()) as { routes: { method: string; url: string }[] };
  expect(routes.length).toBeGreaterThan(60);
  const playing = startPlaying();
  const wrong: string[] = [];
  for (const { method, url } of routes) {
    for (const body of bodies) {
      const status = await send(method, url.replace(/:\w+/g, 'x'), body);
      const expected = open[`${method} ${url}`] ?? [401];
      if (!expected.includes(status ?? 0)) wrong.push(`${method} ${url} ${body.type}: ${status}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(await playing).toBe('identical');
  expectSameProcess();
});

it('a refusal reaches whoever still sends a body that is longer than what is read of it', async () => {
  const long: Body = { type: 'application/json', bytes: '['.repeat(6 * 1024 * 1024) };
  for (let times = 0; times < 20; times++) expect(await send('POST', '/rcs/users', long)).toBe(401);
  expectSameProcess();
});

it('a refused body holds up no request that comes after it on its connection, and is not taken for one', async () => {
  const { host } = new URL(cluster.ready.gateway);
  const bytes = '['.repeat(200_000);
  const next = ['GET /key-management/v1/health HTTP/1.1', `Host: ${host}`, 'Connection: close', '', ''].join('\r\n');
  for (const path of ['/key-management/v1/keypair', '/rcs/certificates', '/api/v2/sessions']) {
    const fields = [`Host: ${host}`, 'Content-Type: application/json', `Content-Length: ${bytes.length}`];
    const head = [`POST ${path} HTTP/1.1`, ...fields, '', ''].join('\r\n');
    const [refused, ...others] = statusesIn(await sendRaw(cluster.ready.gateway, ca, [head, bytes, next]));
    expect([path, refused !== undefined && refused >= 400 && refused < 500]).toEqual([path, true]);
    // Where the connection is closed instead, nothing follows.
    expect([path, others.filter(status => status !== 200)]).toEqual([path, []]);
  }
  expectSameProcess();
});

it('an administrator who sends such a body is told what is wrong with it', async () => {
  for (const { type, bytes } of bodies) {
    const file = curlClient.write('body', Buffer.from(bytes, 'latin1'));
    for (const path of ['/rcs/certificates', '/rcs/certificates/inspect']) {
      const answer = await administrator.send(path, '-H', `Content-Type: ${type}`, '--data-binary', `@${file}`);
      expect([path, type, answer.status]).toEqual([path, type, 400]);
    }
  }
  expectSameProcess();
});
