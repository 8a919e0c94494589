import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingWithUs } from '#platform';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { RedisServer } from '#test/redis/redis-server.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';
import { GatewayClient } from '../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { FollowedRecipients } from '../../apps/rcsctl/src/recorder/followed-recipients.js';
import { CertificateAdministrator } from '../e2e/certificate-administrator.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl, openssl } from '../e2e/external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-recipients-followed-'));
const promisedMs = 2000;
let redis: RedisServer;
let cluster: RunningCluster;
let second: SecondGateway;
let admin: CertificateAdministrator;
let path = '';

/** A recorder at each gateway. */
let recorders: { readonly gateway: GatewayClient; readonly followed: FollowedRecipients }[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  const environment = { RCS_REDIS__URL: redis.url };
  cluster = await startCluster(repository, join(work, 'data'), environment);
  second = await startSecondGateway(repository, cluster.ready, environment);
  admin = new CertificateAdministrator(cluster, work);
  path = `/rcs/contact-centers/${cluster.ready.contactCenter}/recipients`;
  for (const name of ['one', 'two']) {
    const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', join(work, `${name}.key`)];
    await openssl('req', '-x509', ...key, '-out', join(work, `${name}.pem`), '-days', '30', '-subj', `/CN=${name}`);
    expect((await admin.upload(`${name}.pem`, `${name}.key`, `alias=${name}`)).status).toBe(201);
  }
  await assign('one', 'two');
  recorders = [cluster.ready.gateway, second.url].map(recorderAt);
});

afterAll(async () => {
  await Promise.all(recorders.map(({ followed }) => followed.end()));
  await Promise.all(recorders.map(({ gateway }) => gateway.close()));
  await second?.stop();
  await cluster?.stop();
  await redis?.stop();
  rmSync(work, { recursive: true, force: true });
});

function recorderAt(url: string) {
  const { caFile, ops } = cluster.ready;
  const caPem = readFileSync(caFile, 'utf8');
  const gateway = new GatewayClient({ url, caPem, userName: ops.name, password: ops.password });
  const followed = new FollowedRecipients(
    (id, signal) => gateway.openEvents(`${path}/events?ivrProfile=followed`, id, signal),
    () => undefined,
  );
  followed.begin();
  return { gateway, followed };
}

const assign = (...aliases: string[]): Promise<unknown> =>
  admin.certificates('assign', ...aliases, '--ivr-profile', 'followed');

const patience = (): AbortSignal => AbortSignal.timeout(30_000);
const aliasesAt = async (recorder: (typeof recorders)[number]): Promise<string[]> =>
  (await recorder.followed.current(patience())).certificates.map(({ alias }) => alias);

/** Takes "two" out of the profile by the API itself, and waits until no recorder would use it: how long that took. */
async function removal(): Promise<number> {
  for (const recorder of recorders) {
    await waitFor('both certificates', async () => (await aliasesAt(recorder)).length === 2);
  }
  const answer = await admin.json('PUT', '/rcs/ivr-profiles/followed/certificates', { aliases: ['one'] });
  expect(answer.status).toBe(200);
  const began = performance.now();
  await Promise.all(
    recorders.map(async recorder => {
      await waitFor('one certificate', async () => !(await aliasesAt(recorder)).includes('two'), { pollMs: 20 });
    }),
  );
  return performance.now() - began;
}

it('tells recorders at both gateways of a removed certificate within two seconds', async () => {
  expect(await removal()).toBeLessThan(promisedMs);
});

it('a deleted one, too, by force', async () => {
  await assign('one', 'two');
  for (const recorder of recorders) await waitFor('both', async () => (await aliasesAt(recorder)).length === 2);
  expect((await admin.json('DELETE', '/rcs/certificates/two', { force: 'two' })).status).toBe(200);
  const began = performance.now();
  for (const recorder of recorders) {
    await waitFor('one certificate', async () => !(await aliasesAt(recorder)).includes('two'), { pollMs: 20 });
  }
  expect(performance.now() - began).toBeLessThan(promisedMs);
  expect((await admin.upload('two.pem', 'two.key')).status).toBe(201);
});

it('as soon without Redis, whose announcements only make it sooner', async () => {
  await assign('one', 'two');
  await redis.stop();
  expect(await removal()).toBeLessThan(promisedMs);
  redis = await RedisServer.start(redis.port);
});

it('says nothing any more when a gateway is lost, so that its recorder stops within the same time', async () => {
  const { followed } = recorders[1]!;
  const { tag } = await followed.current(patience());
  await second.kill();
  const began = performance.now();
  await waitFor('the recorder to wait', () => !followed.isCurrent(tag), { pollMs: 20 });
  expect(performance.now() - began).toBeLessThan(promisedMs);
  second = await startSecondGateway(repository, cluster.ready, { RCS_REDIS__URL: redis.url });
  await followed.end();
  recorders[1] = recorderAt(second.url);
  expect(await aliasesAt(recorders[1])).toEqual(['one']);
});

it('answers conditional requests, and follows on from the last event', async () => {
  const client = new CurlClient(cluster, work);
  const url = `${cluster.ready.gateway}${path}`;
  const first = await curl(...client.asRecorder(), `${url}?ivrProfile=followed`);
  const etag = String(first.headers['etag']);
  const again = await curl(...client.asRecorder(), '--header', `If-None-Match: ${etag}`, `${url}?ivrProfile=followed`);
  expect(again.status).toBe(304);
  const followOn = ['--max-time', '1', '--silent', '--no-buffer', '--header', `Last-Event-ID: ${etag.slice(1, -1)}`];
  const child = spawn(
    ...endingWithUs('curl', [...client.asRecorder(), ...followOn, `${url}/events?ivrProfile=followed`]),
  );
  const heard = await within('the stream', textOf(child.stdout));
  expect(heard).toContain('event: current\n');
  expect(heard).not.toContain('event: recipients\n');
  const unknown = await curl(...client.asRecorder(), `${url}/events?ivrProfile=nobody`);
  expect(unknown.status).toBe(404);
});

it('ends streams cleanly when a gateway stops', async () => {
  const { gateway } = recorders[1]!;
  const events = await gateway.openEvents(`${path}/events?ivrProfile=followed`, '', patience());
  const ended = (async () => {
    for await (const chunk of events) expect(chunk.length).toBeGreaterThan(0);
  })();
  await second.stop();
  await within('the end of the stream', ended);
});

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
