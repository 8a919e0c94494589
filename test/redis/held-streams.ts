import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { Browser } from '../e2e/browser.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';
import { Listener } from '../postgresql/listener.js';

const repository = join(__dirname, '../..');
const streams = 50;
/** Longer than the buffers between a gateway and its player: who takes little of it has a stream open in the gateway. */
const media = randomBytes(8_000_000);
const slowly = 20_000;
/** Until a session is there again once Redis has another primary. */
const mostMs = 10_000;

/** Fifty streams over two gateways, while something happens to their Redis. */
export class HeldStreams {
  private constructor(
    private readonly work: string,
    readonly cluster: RunningCluster,
    private readonly second: SecondGateway,
  ) {}

  /** @param environment says where Redis is */
  static async start(environment: Readonly<Record<string, string>>): Promise<HeldStreams> {
    const work = workDirectory('rcs-redis-streams-');
    const cluster = await startCluster(repository, join(work, 'data'), environment);
    return new HeldStreams(work, cluster, await startSecondGateway(repository, cluster.ready, environment));
  }

  async stop(): Promise<void> {
    await this.second.stop();
    await this.cluster.stop();
    rmSync(this.work, { recursive: true, force: true });
  }

  /** A browser in which somebody has logged in. */
  async loggedIn(name: string): Promise<Browser> {
    const browser = new Browser(this.cluster, this.work);
    await browser.logIn(name);
    return browser;
  }

  /** Half of the listeners at each gateway hold their streams until what happens has happened; others begin meanwhile. None is interrupted. */
  async hold(happens: () => Promise<void>): Promise<void> {
    const path = await this.recording();
    let rate = slowly;
    const gateways = [this.cluster.ready.gateway, this.second.url];
    const all = Array.from({ length: streams }, (_, number) => this.listener(path, gateways[number % 2]!, () => rate));
    await waitFor('all streams to play', () => all.every(({ isPlaying }) => isPlaying));
    const happening = happens();
    const begun = gateways.map(gateway => this.listener(path, gateway, () => Infinity));
    await Promise.all(begun.map(({ finished }) => finished));
    await happening;
    expect(all.filter(({ isPlaying }) => isPlaying)).toHaveLength(streams);
    rate = Infinity;
    await Promise.all(all.map(({ finished }) => finished));
    expect(all.map(({ interruptions }) => interruptions)).toEqual(all.map(() => 0));
  }

  /** A session answers 503 while nobody keeps it, and the one from before is among those that come back. */
  async sessionComesBack(browser: Browser): Promise<void> {
    const statuses = new Set<number>();
    const status = async (): Promise<number> => {
      const answer = await browser.send('/api/v2/me');
      statuses.add(answer.status);
      if (answer.status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      return answer.status;
    };
    const began = performance.now();
    await answerOf('the session', status, found => found === 200);
    expect(performance.now() - began).toBeLessThan(mostMs);
    expect([...statuses].filter(found => found !== 200 && found !== 503)).toEqual([]);
  }

  private encrypted: string | undefined;

  private async recording(): Promise<string> {
    if (this.encrypted !== undefined) return this.encrypted;
    const client = new CurlClient(this.cluster, this.work);
    const [plain, cms] = [join(this.work, 'plain'), join(this.work, 'cms')];
    writeFileSync(plain, media);
    const files = ['-in', plain, '-out', cms, '-outform', 'DER'];
    await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, client.certificateFile);
    await client.put('long.bin', readFileSync(cms));
    this.encrypted = `/api/v2${await client.insertedFile('long.bin')}`;
    return this.encrypted;
  }

  private listener(path: string, gateway: string, bytesPerSecond: () => number): Listener {
    const { name, password } = personOf(this.cluster.ready, 'alice');
    const ca = readFileSync(this.cluster.ready.caFile);
    const auth = `${name}:${password}`;
    return new Listener({ gateways: [gateway], path, expected: media, ca, auth, bytesPerSecond });
  }
}
