import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { sentinelPassword, WatchedRedis, watchedName, adminPassword } from '#test/redis/watched-redis.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { Browser } from '../e2e/browser.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';
import { Listener } from '../postgresql/listener.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const streams = 50;
/** Longer than the buffers between a gateway and its player: who takes little of it has a stream open in the gateway. */
const media = randomBytes(8_000_000);
const slowly = 20_000;

describe('fifty streams of two gateways whose Redis fails over', () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-redis-streams-'));
  let redis: WatchedRedis;
  let cluster: RunningCluster;
  let second: SecondGateway;
  let path: string;

  beforeAll(async () => {
    redis = await WatchedRedis.start();
    const addresses = redis.sentinels.join(', ');
    const environment = {
      RCS_REDIS__KIND: 'sentinel',
      RCS_REDIS__SENTINEL: `{ name: ${watchedName}, addresses: [${addresses}], password: ${sentinelPassword}, enableSsl: false }`,
      RCS_REDIS__ENABLE_SSL: 'false',
      RCS_REDIS__PASSWORD: adminPassword,
    };
    cluster = await startCluster(repository, join(work, 'data'), environment);
    second = await startSecondGateway(repository, cluster.ready, environment);
    path = `/api/v2${await encrypted('long.bin')}`;
  });

  afterAll(async () => {
    await second?.stop();
    await cluster?.stop();
    await redis?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  async function encrypted(name: string): Promise<string> {
    const curlClient = new CurlClient(cluster, work);
    writeFileSync(join(work, 'plain'), media);
    const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms'), '-outform', 'DER'];
    await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, curlClient.certificateFile);
    await curlClient.put(name, readFileSync(join(work, 'cms')));
    return curlClient.insertedFile(name);
  }

  function listener(gateways: readonly string[], bytesPerSecond: () => number): Listener {
    const { name, password } = personOf(cluster.ready, 'alice');
    const ca = readFileSync(cluster.ready.caFile);
    return new Listener({ gateways, path, expected: media, ca, auth: `${name}:${password}`, bytesPerSecond });
  }

  /** Fifty listeners hold their streams, half at each gateway, until what happens has happened; others begin meanwhile. */
  async function hold(happens: () => Promise<void>): Promise<readonly Listener[]> {
    let rate = slowly;
    const gateways = [cluster.ready.gateway, second.url];
    const all = Array.from({ length: streams }, (_, number) => listener([gateways[number % 2]!], () => rate));
    await waitFor('all streams to play', () => all.every(({ isPlaying }) => isPlaying));
    const happening = happens();
    const begun = gateways.map(gateway => listener([gateway], () => Infinity));
    await Promise.all(begun.map(({ finished }) => finished));
    await happening;
    expect(all.filter(({ isPlaying }) => isPlaying)).toHaveLength(streams);
    rate = Infinity;
    await Promise.all(all.map(({ finished }) => finished));
    return all;
  }

  /** Sessions answer 503 while nobody keeps them, and the one from before is among those that come back. */
  async function sessionLives(browser: Browser): Promise<void> {
    const statuses = new Set<number>();
    const status = async (): Promise<number> => {
      const answer = await browser.send('/api/v2/me');
      statuses.add(answer.status);
      if (answer.status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      return answer.status;
    };
    await waitFor('another primary', () => ![lost, NaN].includes(redis.primaryPort));
    const began = performance.now();
    await answerOf('the session', status, found => found === 200);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect([...statuses].filter(found => found !== 200 && found !== 503)).toEqual([]);
  }

  let lost = 0;

  it('go on when the primary is killed, and a session is there at the replica', async () => {
    const browser = new Browser(cluster, work);
    await browser.logIn('alice');
    const primary = redis.primary;
    lost = primary.port;
    const all = await hold(async () => {
      await redis.kill(primary);
      await sessionLives(browser);
    });
    expect(all.map(({ interruptions }) => interruptions)).toEqual(all.map(() => 0));
    await redis.comeBack(primary);
    expect((await browser.send('/api/v2/me')).status).toBe(200);
  });

  it('go on when the primary hangs, also after it comes to itself', async () => {
    const browser = new Browser(cluster, work);
    await browser.logIn('bob');
    const primary = redis.primary;
    lost = primary.port;
    const all = await hold(async () => {
      primary.signal('SIGSTOP');
      await sessionLives(browser);
    });
    expect(all.map(({ interruptions }) => interruptions)).toEqual(all.map(() => 0));
    primary.signal('SIGCONT');
    await redis.isWhole();
    // What it took as a primary it has no more, and nobody talks to it any more.
    await answerOf(
      'the session',
      async () => (await browser.send('/api/v2/me')).status,
      status => status === 200,
    );
    expect(redis.primary.port).not.toBe(primary.port);
  });
});
