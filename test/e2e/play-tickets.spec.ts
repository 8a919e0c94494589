import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { Browser, header, json } from './browser.js';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { CurlClient } from './curl-client.js';
import { curl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-play-tickets-'));
let cluster: RunningCluster;
let curlClient: CurlClient;
let second: SecondGateway;
let other: { id: string; leaf: string };

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  second = await startSecondGateway(repository, cluster.ready, {
    RCS_SERVER_SETTINGS__TRUSTED_PROXIES: '[127.0.0.1]',
  });
  curlClient = new CurlClient(cluster, work);
  await curlClient.put('other.mp3', mediaLike(1000));
  const path = await curlClient.insertedFile('other.mp3');
  other = { id: curlClient.recordingId('other.mp3'), leaf: path.split('/').at(-1) ?? '' };
});

afterAll(async () => {
  await second?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const demo = () => cluster.ready.recordings[0]?.id ?? '';
const demoLeaf = () => cluster.ready.recordings[0]?.playPath.split('/').at(-1) ?? '';

interface Holder {
  readonly browser: Browser;
  readonly csrf: string[];
  readonly playPath: string;
  readonly ticket: string;
}

/** Somebody who logged in and got a ticket for the demo recording. */
function ticketHolder(name: string, order: object = {}): Promise<Holder> {
  return ticketFrom(new Browser(cluster, work), name, order);
}

async function ticketFrom(browser: Browser, name: string, order: object, ...options: string[]): Promise<Holder> {
  const csrf = header('X-CSRF-TOKEN', await browser.logIn(name));
  const answer = await browser.sendJson(`/api/v2/recordings/${demo()}/play-tickets`, order, ...csrf, ...options);
  expect(answer.status).toBe(201);
  const playPath = json(answer)['playPath'] as string;
  return { browser, csrf, playPath, ticket: playPath.split('ticket=')[1] ?? '' };
}

/** Plays without any credentials or cookie. */
const play = (path: string, ...options: string[]): Promise<CurlAnswer> =>
  curl('--cacert', cluster.ready.caFile, '--path-as-is', ...options, `${cluster.ready.gateway}/api/v2${path}`);

/** On the other gateway. */
const playThere = (path: string, ...options: string[]): Promise<CurlAnswer> =>
  curl('--cacert', cluster.ready.caFile, '--path-as-is', '--range', '0-99', ...options, `${second.url}/api/v2${path}`);

const refused = (answer: CurlAnswer): void => {
  expect([answer.status, json(answer)]).toEqual([
    403,
    { statusCode: 3, statusMessage: 'The play ticket is not valid' },
  ]);
};

it('a ticket plays and seeks without credentials, on pages of any site', async () => {
  const { playPath } = await ticketHolder('alice');
  const whole = await play(playPath);
  expect(whole.status).toBe(200);
  expect(whole.headers['cross-origin-resource-policy']).toBe('cross-origin');
  expect(whole.headers['cache-control']).toBe('private, no-store');
  const part = await play(playPath, '--range', '100-199');
  expect([part.status, part.body]).toEqual([206, whole.body.subarray(100, 200)]);
  expect((await play(playPath, '--head')).status).toBe(200);
});

it('is given only for what the user may see, and plays only what the user may hear', async () => {
  const browser = new Browser(cluster, work);
  const bob = header('X-CSRF-TOKEN', await browser.logIn('bob'));
  expect((await browser.sendJson('/api/v2/recordings/NOSUCH/play-tickets', {}, ...bob)).status).toBe(404);
  expect((await browser.sendJson(`/api/v2/recordings/${other.id}/play-tickets`, {}, ...bob)).status).toBe(403);
  const carol = await ticketHolder('carol');
  expect((await play(carol.playPath)).status).toBe(403);
});

it('needs a login and a CSRF token', async () => {
  const path = `/api/v2/recordings/${demo()}/play-tickets`;
  expect((await new Browser(cluster, work).sendJson(path, {})).status).toBe(401);
  const browser = new Browser(cluster, work);
  await browser.logIn('alice');
  expect((await browser.sendJson(path, {}, ...header('Sec-Fetch-Site', 'same-origin'))).status).toBe(403);
});

it.each([
  [{ timeToLive: 0 }, 'timeToLive'],
  [{ timeToLive: 86_400 }, 'timeToLive'],
  [{ bindToAddress: 'yes' }, 'bindToAddress'],
  [{ user: 'bob' }, 'user'],
])('%j is refused, by name', async (order, name) => {
  const browser = new Browser(cluster, work);
  const csrf = header('X-CSRF-TOKEN', await browser.logIn('alice'));
  const answer = await browser.sendJson(`/api/v2/recordings/${demo()}/play-tickets`, order, ...csrf);
  expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringContaining(name)]);
});

it('plays no other media file and no other recording', async () => {
  const { ticket } = await ticketHolder('alice');
  refused(await play(`/recordings/${other.id}/play/${other.leaf}?ticket=${ticket}`));
  refused(await play(`/recordings/${demo()}/play/${other.leaf}?ticket=${ticket}`));
  refused(await play(`/recordings/${other.id}/play/${demoLeaf()}?ticket=${ticket}`));
});

it('opens nothing but playback', async () => {
  const { ticket } = await ticketHolder('alice');
  expect((await play(`/me?ticket=${ticket}`)).status).toBe(401);
  expect((await play(`/recordings/${demo()}?ticket=${ticket}`)).status).toBe(401);
  expect((await play('/me', '--cookie', `JSESSIONID=${ticket}`)).status).toBe(401);
  expect((await play('/me', ...header('Authorization', `Bearer ${ticket}`))).status).toBe(401);
});

it('ends with the session it was asked for in', async () => {
  const { browser, csrf, playPath } = await ticketHolder('alice');
  expect((await play(playPath)).status).toBe(200);
  expect((await browser.send('/api/v2/sessions/current', '-X', 'DELETE', ...csrf)).status).toBe(200);
  refused(await play(playPath));
});

it('ends with the password it was asked for under, also where it hangs on no session', async () => {
  const { name, password } = personOf(cluster.ready, 'bob');
  const asJson = header('content-type', 'application/json');
  const tickets = `${cluster.ready.gateway}/api/v2/recordings/${demo()}/play-tickets`;
  const lone = json(await curl(...curlClient.asUser('bob'), ...asJson, '--data', '{}', tickets))['playPath'] as string;
  const { playPath } = await ticketHolder('bob');
  expect([(await play(lone)).status, (await play(playPath)).status]).toEqual([200, 200]);
  // The same one again is another hash: the account is what it was for whatever comes after.
  const change = ['--request', 'PUT', ...asJson, '--data', JSON.stringify({ password })];
  const url = `${cluster.ready.gateway}/rcs/users/${name}/password`;
  expect((await curl(...curlClient.asUser('alice'), ...change, url)).status).toBe(204);
  for (const ticket of [lone, playPath]) {
    refused(await play(ticket));
    refused(await playThere(ticket));
  }
});

it('expires when nobody has used it', async () => {
  const { playPath } = await ticketHolder('alice', { timeToLive: 1 });
  await delay(1100);
  refused(await play(playPath));
  refused(await play(playPath));
});

it('expires in use, too, where it hangs on no session', async () => {
  const url = `${cluster.ready.gateway}/api/v2/recordings/${demo()}/play-tickets`;
  const order = [...header('content-type', 'application/json'), '--data', '{"timeToLive": 1}'];
  const playPath = json(await curl(...curlClient.asUser('alice'), ...order, url))['playPath'] as string;
  let answer = await play(playPath);
  for (const end = Date.now() + 60_000; answer.status === 200 && Date.now() < end; answer = await play(playPath)) {
    await delay(200);
  }
  refused(answer);
});

describe('a ticket that was used in its time', () => {
  /** A ticket whose own time is over, used before: on a busy machine that may take several. */
  async function outlived(name: string): Promise<Holder> {
    for (let timeToLive = 2; timeToLive < 60; timeToLive *= 2) {
      const holder = await ticketHolder(name, { timeToLive });
      const ends = Date.now() + timeToLive * 1000;
      const isUsed = (await play(holder.playPath)).status === 200;
      await delay(Math.max(0, ends + 1100 - Date.now()));
      if (isUsed) return holder;
    }
    throw new Error('no ticket could be used in its time');
  }

  it('seeks on, on every gateway, until its user logs out', async () => {
    const { browser, csrf, playPath } = await outlived('alice');
    expect((await play(playPath, '--range', '100-199')).status).toBe(206);
    expect((await playThere(playPath)).status).toBe(206);
    expect((await browser.send('/api/v2/sessions/current', '-X', 'DELETE', ...csrf)).status).toBe(200);
    refused(await play(playPath));
    refused(await playThere(playPath));
  });

  it('ends where it was never shown as well when its user logs out', async () => {
    const { browser, csrf, playPath } = await outlived('alice');
    expect((await browser.send('/api/v2/sessions/current', '-X', 'DELETE', ...csrf)).status).toBe(200);
    refused(await playThere(playPath));
    refused(await play(playPath));
  });

  it('plays nothing for a user whose rights are taken away, and makes no other ticket of theirs live on', async () => {
    const change = async (accessGroups: readonly string[]): Promise<void> => {
      const body = [...header('content-type', 'application/json'), '--data', JSON.stringify({ accessGroups })];
      const url = `${cluster.ready.gateway}/rcs/users/${personOf(cluster.ready, 'bob').name}`;
      expect((await curl(...curlClient.asUser('alice'), '--request', 'PATCH', ...body, url)).status).toBe(200);
    };
    const { playPath } = await outlived('bob');
    const unused = (await ticketHolder('bob', { timeToLive: 1 })).playPath;
    await delay(1100);
    refused(await playThere(unused));
    expect((await playThere(playPath)).status).toBe(206);
    await change([]);
    expect([(await play(playPath)).status, (await playThere(playPath)).status]).toEqual([403, 403]);
    await change(['/sales']);
    expect((await playThere(playPath)).status).toBe(206);
  });
});

it('bound to an address, works from nowhere else', async () => {
  // A gateway that believes what the proxy before it says of addresses.
  const behindProxy = new Browser({ ...cluster, ready: { ...cluster.ready, gateway: second.url } }, work);
  const from = (address: string): string[] => header('X-Forwarded-For', address);
  const { playPath } = await ticketFrom(behindProxy, 'alice', { bindToAddress: true }, ...from('203.0.113.7'));
  refused(await playThere(playPath));
  refused(await playThere(playPath, ...from('203.0.113.8')));
  expect((await playThere(playPath, ...from('203.0.113.7'))).status).toBe(206);
  refused(await play(playPath));
});

it('cannot be changed or made up', async () => {
  const { ticket } = await ticketHolder('alice');
  const [head = '', payload = '', signature = ''] = ticket.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const altered = Buffer.from(JSON.stringify({ ...claims, exp: 4_000_000_000 })).toString('base64url');
  const path = `/recordings/${demo()}/play/${demoLeaf()}`;
  refused(await play(`${path}?ticket=${head}.${altered}.${signature}`));
  refused(await play(`${path}?ticket=${head}.${payload}.`));
  refused(await play(`${path}?ticket=`));
  refused(await play(`${path}?ticket=${ticket}&ticket=${ticket}`));
  expect((await play(`${path}?ticket[]=${ticket}`, '--globoff')).status).toBe(401);
});

it('never appears in a log or in the audit', async () => {
  const { playPath, ticket } = await ticketHolder('alice');
  expect((await play(playPath)).status).toBe(200);
  const log = readFileSync(join(cluster.ready.dataDir, 'logs', 'playback-gateway.log'), 'utf8');
  expect(log).toContain(`/play/${demoLeaf()}`);
  expect(log).not.toContain(ticket.split('.')[1]);
});
