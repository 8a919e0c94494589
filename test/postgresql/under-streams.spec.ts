import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { processIdOf } from '#test/cluster/process-id.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import { waitFor } from '#test/waiting/wait-for.js';
import type { VerifyReport } from '../../apps/rcsctl/src/audit/verify-report.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl, openssl } from '../e2e/external-tools.js';
import { Listener } from './listener.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const streams = 50;
/** Longer than the buffers between a gateway and its player: who takes little of it has a stream open in the gateway. */
const media = randomBytes(8_000_000);
const slowly = 20_000;

describe('fifty streams of gateways that share PostgreSQL and Redis alone', () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-under-streams-'));
  const dataDirectory = join(work, 'data');
  let primary: PostgresqlServer;
  let standby: PostgresqlServer;
  let environment: Record<string, string>;
  let cluster: RunningCluster;
  let second: SecondGateway;
  let path: string;
  const acknowledged: string[] = [];

  const checkpointsOf = (gateway: string): string => join(work, `${gateway}-checkpoints.jsonl`);
  const environmentOf = (gateway: string) => ({ ...environment, RCS_AUDIT__CHECKPOINT_FILE: checkpointsOf(gateway) });

  beforeAll(async () => {
    primary = await PostgresqlServer.start();
    await primary.execute('CREATE DATABASE rcs');
    standby = await primary.standby();
    await primary.execute(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await primary.execute('SELECT pg_reload_conf()');
    environment = {
      RCS_STORE__KIND: 'postgresql',
      RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${primary.port}, 127.0.0.1:${standby.port}]`,
      RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
      RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
      RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
    };
    cluster = await startCluster(repository, dataDirectory, environmentOf('first'));
    second = await startSecondGateway(repository, cluster.ready, environmentOf('second'));
    path = `/api/v2${await encrypted('long.bin')}`;
  });

  afterAll(async () => {
    await second?.stop();
    await cluster?.stop();
    await standby?.stop();
    await primary?.stop();
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

  /** Fifty listeners hold their streams, half at each gateway, until what happens has happened. */
  async function hold(happens: () => Promise<void>): Promise<readonly Listener[]> {
    let rate = slowly;
    const orders = [
      [cluster.ready.gateway, second.url],
      [second.url, cluster.ready.gateway],
    ];
    const all = Array.from({ length: streams }, (_, number) => listener(orders[number % 2]!, () => rate));
    await waitFor('all streams to play', () => all.every(({ isPlaying }) => isPlaying));
    await happens();
    expect(all.filter(({ isPlaying }) => isPlaying)).toHaveLength(streams);
    rate = Infinity;
    await Promise.all(all.map(({ finished }) => finished));
    acknowledged.push(...all.flatMap(({ requestIds }) => requestIds));
    return all;
  }

  /** Somebody who begins in the middle of it plays as soon as anybody can, and is told when to come again until then. */
  async function beginsMeanwhile(happens: () => Promise<void>): Promise<Listener> {
    const began = listener([cluster.ready.gateway, second.url], () => Infinity);
    await happens();
    await began.finished;
    acknowledged.push(...began.requestIds);
    return began;
  }

  it('go on while PostgreSQL is started again', async () => {
    const all = await hold(async () => {
      await primary.halt();
      await beginsMeanwhile(() => primary.run());
    });
    expect(all.map(({ interruptions }) => interruptions)).toEqual(all.map(() => 0));
  });

  it('go on while PostgreSQL is away for half a minute, and nobody begins before it is back', async () => {
    let meanwhile: Listener | undefined;
    const all = await hold(async () => {
      await primary.halt('SIGQUIT');
      meanwhile = await beginsMeanwhile(async () => {
        await setTimeout(30_000);
        await primary.run();
      });
    });
    expect(all.map(({ interruptions }) => interruptions)).toEqual(all.map(() => 0));
    expect(meanwhile?.refusals).toBeGreaterThan(1);
  });

  it('go on while the standby takes over for a primary that crashed', async () => {
    const all = await hold(async () => {
      await primary.halt('SIGQUIT');
      await beginsMeanwhile(async () => {
        standby.promote();
        await standby.execute('ALTER SYSTEM RESET synchronous_standby_names');
        await standby.execute('SELECT pg_reload_conf()');
      });
    });
    expect(all.map(({ interruptions }) => interruptions)).toEqual(all.map(() => 0));
  });

  const killFirst = (): Promise<void> => {
    process.kill(processIdOf('playback-gateway', dataDirectory), 'SIGKILL');
    return Promise.resolve();
  };
  /** Whoever watches it starts it again. */
  const firstIsBack = (): Promise<void> =>
    waitFor(
      'the first gateway',
      async () => (await curl('--insecure', `${cluster.ready.gateway}/api/v2/me`)).status > 0,
    );

  it.each([
    ['first', killFirst, firstIsBack],
    ['second', () => second.kill(), () => second.again()],
  ])('go on at the other gateway when the %s is killed', async (_which, kill, comesBack) => {
    const all = await hold(kill);
    // Half of them lost their gateway, and none lost a byte.
    expect(all.filter(({ interruptions }) => interruptions > 0)).toHaveLength(streams / 2);
    await comesBack();
  });

  it('are in the audit, every one that was answered, and its chains are sound', async () => {
    expect(acknowledged.length).toBeGreaterThanOrEqual(5 * streams);
    const rows = await standby.execute(`SELECT record FROM audit_record WHERE record LIKE '%"playback"%'`, 'rcs');
    const log = rows.map(row => String(row.record)).join('\n');
    expect(acknowledged.filter(id => !log.includes(id))).toEqual([]);
    const files = ['first', 'second'].map(checkpointsOf);
    const parameters = ['audit', 'verify', '--json', '--checkpoints', ...files];
    const { stdout, status } = await rcsctl(repository, dataDirectory, parameters, environment);
    const { problems, checkpoints } = JSON.parse(stdout) as VerifyReport;
    expect([problems, checkpoints?.problems, checkpoints?.refused, status]).toEqual([[], [], [], 0]);
  });
});
