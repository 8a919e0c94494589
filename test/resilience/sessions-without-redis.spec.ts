import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { managementPage, metricsOf } from '#test/cluster/management-page.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { Browser, json } from '../e2e/browser.js';
import { CurlClient } from '../e2e/curl-client.js';
import { RedisServer } from '#test/redis/redis-server.js';
import { answerOf } from '#test/waiting/wait-for.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-without-redis-'));
let redis: RedisServer;
let cluster: RunningCluster;
let curlClient: CurlClient;

beforeAll(async () => {
  redis = await RedisServer.start();
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_REDIS__URL: redis.url,
    RCS_SERVER_SETTINGS__CSRF_EXEMPTIONS: '[{ userName: ops }]',
  });
  curlClient = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  await redis?.stop();
  rmSync(work, { recursive: true, force: true });
});

it('without Redis sessions answer 503 at once, Basic credentials play, and all is well when it is back', async () => {
  const browser = new Browser(cluster, work);
  await browser.logIn('alice');
  expect((await browser.send('/api/v2/me')).status).toBe(200);
  const playPath = cluster.ready.recordings[0]?.playPath ?? '';

  await redis.stop();
  let answer = await browser.send('/api/v2/me');
  for (let tries = 0; tries < 300 && answer.status === 200; tries++) answer = await browser.send('/api/v2/me');
  expect(answer.status).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(json(answer)).toEqual({ statusCode: 4, statusMessage: 'Sessions are not available' });
  expect((await browser.send('/api/v2/sessions', '-X', 'POST', ...curlClient.asUser('bob').slice(2))).status).toBe(503);
  expect((await curlClient.play(playPath)).status).toBe(200);
  expect((await new Browser(cluster, work).send('/api/v2/me', ...curlClient.asUser('carol').slice(2))).status).toBe(
    200,
  );

  // A load balancer goes on sending players: all gateways lost Redis at the same moment, and all of them play.
  const { gateway, workers } = cluster.ready.management;
  for (const management of [gateway, ...workers]) {
    const readiness = await managementPage(management, '/health/ready');
    expect(readiness.status).toBe(200);
    expect(await readiness.json()).toMatchObject({
      checks: { redis: expect.stringMatching(/^degraded: ./) as string },
    });
    expect(await metricsOf(management)).toMatch(/^rcs_ready\{[^}]*check="redis"[^}]*\} 0$/m);
  }

  redis = await RedisServer.start(redis.port);
  const again = new Browser(cluster, work);
  const logIn = async (): Promise<number> =>
    (await again.send('/api/v2/sessions', '-X', 'POST', ...curlClient.asUser('alice').slice(2))).status;
  await answerOf('a session', logIn, status => status === 201);
  expect((await again.send('/api/v2/me')).status).toBe(200);
});
