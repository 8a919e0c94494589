import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import type { VerifyReport } from '../../apps/rcsctl/src/audit/verify-report.js';
import { curl, type CurlAnswer } from '../e2e/external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');

/** The second gateway has a directory of its own and the same PostgreSQL and Redis: so it might run on another host. */
describe('two gateways that share PostgreSQL and Redis alone', () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-two-gateways-'));
  const dataDirectory = join(work, 'data');
  let database: PostgresqlServer;
  let environment: Record<string, string>;
  let cluster: RunningCluster;
  let second: SecondGateway;

  beforeAll(async () => {
    database = await PostgresqlServer.start();
    await database.execute('CREATE DATABASE rcs');
    environment = {
      RCS_STORE__KIND: 'postgresql',
      RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${database.port}]`,
      RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
      RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
      RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
      RCS_AUDIT__CHECKPOINT_INTERVAL_MS: '500',
      RCS_AUDIT__CHECKPOINT_FILE: join(work, 'first-checkpoints.jsonl'),
    };
    cluster = await startCluster(repository, dataDirectory, environment);
    second = await startSecondGateway(repository, cluster.ready, {
      ...environment,
      RCS_AUDIT__CHECKPOINT_FILE: join(work, 'second-checkpoints.jsonl'),
    });
  });

  afterAll(async () => {
    await second?.stop();
    await cluster?.stop();
    await database?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const alice = (): string => {
    const { name, password } = personOf(cluster.ready, 'alice');
    return `${name}:${password}`;
  };
  const ask = (gateway: string, path: string, ...options: string[]): Promise<CurlAnswer> =>
    curl('--cacert', cluster.ready.caFile, ...options, `${gateway}${path}`);
  const demo = (): string => `/api/v2${cluster.ready.recordings[0]?.playPath.replace(/^\/api\/v2/, '') ?? ''}`;

  it('play on either what was uploaded through the first', async () => {
    const [one, other] = [cluster.ready.gateway, second.url];
    const played = await Promise.all([one, other].map(gateway => ask(gateway, demo(), '--user', alice())));
    expect(played.map(({ status }) => status)).toEqual([200, 200]);
    expect(played[0]?.body.length).toBeGreaterThan(1000);
    expect(played[1]?.body.equals(played[0]?.body ?? Buffer.alloc(0))).toBe(true);
  });

  it('serve a contact center of one’s own and an operations account like those of a store in files', async () => {
    const own = await ownContactCenter(cluster.ready, work, environment);
    const [recording, user] = [own.recordings[0]?.playPath ?? '', own.users[0]];
    const path = `/api/v2${recording.replace(/^\/api\/v2/, '')}`;
    expect((await ask(second.url, path, '--user', `${user?.name}:${user?.password}`)).status).toBe(200);
    const { name, password } = cluster.ready.operations;
    const listed = await ask(cluster.ready.gateway, '/rcs/users', '--user', `${name}:${password}`);
    expect([listed.status, listed.body.toString().includes(user?.name ?? '?')]).toEqual([200, true]);
  });

  it('write chains that are sound together, with checkpoints in a file each', async () => {
    await setTimeout(1500);
    const files = ['first', 'second'].map(gateway => join(work, `${gateway}-checkpoints.jsonl`));
    const verified = await rcsctl(
      repository,
      dataDirectory,
      ['audit', 'verify', '--json', '--checkpoints', ...files],
      environment,
    );
    const report = JSON.parse(verified.stdout) as VerifyReport;
    const { problems, checkpoints } = report;
    expect([verified.status, report.problemCount, problems, checkpoints?.problems, checkpoints?.refused]).toEqual([
      0,
      0,
      [],
      [],
      [],
    ]);
    // Both gateways, and the quickstart that made the accounts.
    expect(report.writers).toBeGreaterThanOrEqual(2);
    expect(checkpoints?.compared).toBeGreaterThan(0);
  });

  it('know with the next request what was changed through another process', async () => {
    const { name } = personOf(cluster.ready, 'alice');
    const statuses = async (): Promise<number[]> => {
      const gateways = [cluster.ready.gateway, second.url];
      return (await Promise.all(gateways.map(gateway => ask(gateway, demo(), '--user', alice())))).map(
        ({ status }) => status,
      );
    };
    expect(await statuses()).toEqual([200, 200]);
    expect((await rcsctl(repository, dataDirectory, ['users', 'disable', name], environment)).status).toBe(0);
    expect(await statuses()).toEqual([401, 401]);
    expect((await rcsctl(repository, dataDirectory, ['users', 'enable', name], environment)).status).toBe(0);
    expect(await statuses()).toEqual([200, 200]);
  });

  it('answer 503 with the time to come again while PostgreSQL is away, and play when it is back', async () => {
    await database.halt('SIGQUIT');
    const answers = await Promise.all(
      [cluster.ready.gateway, second.url].map(gateway => ask(gateway, demo(), '--user', alice())),
    );
    for (const { status, headers } of answers) {
      expect(status).toBe(503);
      expect(headers['retry-after']).toBe('1');
    }
    await database.run();
    for (const gateway of [cluster.ready.gateway, second.url]) {
      expect((await ask(gateway, demo(), '--user', alice())).status).toBe(200);
    }
  });
});
