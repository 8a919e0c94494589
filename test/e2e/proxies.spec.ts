import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { makeProxyCertificate, startDocumentedProxy, type RunningProxy } from '#test/proxies/documented-proxy.js';
import { json } from './browser.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-proxies-'));
let cluster: RunningCluster;
let curlClient: CurlClient;

beforeAll(async () => {
  await makeProxyCertificate(work);
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__TRUSTED_PROXIES: '[127.0.0.1]',
  });
  curlClient = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const languages = ['nginx', 'haproxy', 'apache'];

describe.each(languages)('behind %s, as the page on proxies has it', language => {
  let proxy: RunningProxy;

  beforeAll(async () => {
    proxy = await startDocumentedProxy(work, language, cluster.ready);
  });
  afterAll(() => proxy?.stop());

  it('a page of the same origin logs in, and one of another does not', async () => {
    const { name = '', password = '' } = cluster.ready.users.find(user => user.name === 'alice') ?? {};
    const logIn = (from: string) =>
      proxy.send(
        '/api/v2/sessions',
        ...['--header', `Origin: ${from}`, '--header', 'content-type: application/json'],
        ...['--data', JSON.stringify({ userName: name, password })],
      );
    expect((await logIn(proxy.origin)).status).toBe(201);
    expect((await logIn('https://evil.test')).status).toBe(403);
    expect((await logIn('https://localhost')).status).toBe(403);
  });

  it('a recording plays in parts, and the audit has the address of the player', async () => {
    const path = cluster.ready.recordings[0]?.playPath ?? '';
    const whole = (await curlClient.play(path)).body;
    const address = `203.0.113.${languages.indexOf(language) + 1}`;
    const player = [...curlClient.asUser('alice').slice(2), '--header', `X-Forwarded-For: 198.51.100.1, ${address}`];
    const part = await proxy.send(`/api/v2${path}`, ...player, '--range', '100-199');
    expect([part.status, part.body.equals(whole.subarray(100, 200))]).toEqual([206, true]);
    expect(json(await curlClient.get('/rcs/audit?user=alice&order=newest-first'))).toMatchObject({
      records: expect.arrayContaining([expect.objectContaining({ range: 'bytes=100-199', address })]) as unknown,
    });
  });
});
