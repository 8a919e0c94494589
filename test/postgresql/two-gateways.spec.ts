import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import type { VerifyReport } from '../../apps/rcsctl/src/audit/verify-report.js';
import { bodyOf, CertificateAdministrator } from '../e2e/certificate-administrator.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl, openssl, type CurlAnswer } from '../e2e/external-tools.js';
import { archiveContents, archiveOfOthers } from '../e2e/signed-archives.js';

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
  const json = (method: string, body: object): string[] => {
    const header = ['--header', 'Content-Type: application/json'];
    return ['--request', method, ...header, '--data-binary', JSON.stringify(body)];
  };
  const both = (path: string, ...options: string[]): Promise<CurlAnswer[]> =>
    Promise.all([cluster.ready.gateway, second.url].map(gateway => ask(gateway, path, ...options)));
  const statusesOf = async (...asked: Parameters<typeof both>): Promise<number[]> =>
    (await both(...asked)).map(({ status }) => status);
  const demo = (): string => pathOf(cluster.ready.recordings[0]?.playPath ?? '');

  const operations = (): string => `${cluster.ready.operations.name}:${cluster.ready.operations.password}`;
  const pathOf = (playPath: string): string => `/api/v2${playPath.replace(/^\/api\/v2/, '')}`;
  const firstThatPlays = async (as: readonly string[]): Promise<string> => {
    for (const { playPath } of cluster.ready.recordings) {
      const path = pathOf(playPath);
      if ((await ask(cluster.ready.gateway, path, ...as)).status === 200) return path;
    }
    throw new Error(`none of the demo's recordings plays as ${as.join(' ')}`);
  };

  it('play on either what was uploaded through the first', async () => {
    const played = await both(demo(), '--user', alice());
    expect(played.map(({ status }) => status)).toEqual([200, 200]);
    expect(played[0]?.body.length).toBeGreaterThan(1000);
    expect(played[1]?.body.equals(played[0]?.body ?? Buffer.alloc(0))).toBe(true);
  });

  it('serve a contact center of one’s own and an operations account like those of a store in files', async () => {
    const own = await ownContactCenter(cluster.ready, work, environment);
    const [recording, user] = [own.recordings[0]?.playPath ?? '', own.users[0]];
    const path = pathOf(recording);
    expect((await ask(second.url, path, '--user', `${user?.name}:${user?.password}`)).status).toBe(200);
    const listed = await ask(cluster.ready.gateway, '/rcs/users', '--user', operations());
    expect([listed.status, listed.body.toString().includes(user?.name ?? '?')]).toEqual([200, true]);
  });

  it('open on either what is encrypted for a certificate whose key the first took, inserted through the second', async () => {
    const name = 'of-both';
    const key = [
      '-newkey',
      'rsa:2048',
      '-noenc',
      '-keyout',
      join(work, `${name}.key`),
      '-out',
      join(work, `${name}.pem`),
    ];
    await openssl('req', '-new', '-x509', ...key, '-days', '30', '-subj', `/CN=${name}`);
    const uploaded = await new CertificateAdministrator(cluster, work).upload(
      `${name}.pem`,
      `${name}.key`,
      `alias=${name}`,
    );
    expect([uploaded.status, bodyOf(uploaded).alias]).toEqual([201, name]);

    const elsewhere = new CurlClient({ ...cluster, ready: { ...cluster.ready, gateway: second.url } }, work);
    const media = readFileSync(join(repository, 'test/fixtures/call.mp3'));
    const files = ['-in', elsewhere.write('plain', media), '-out', elsewhere.file('cms'), '-outform', 'DER'];
    await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, elsewhere.file(`${name}.pem`));
    await elsewhere.put(name, readFileSync(elsewhere.file('cms')));
    const path = await elsewhere.insertedFile(name);
    for (const { status, body } of await both(pathOf(path), '--user', alice())) {
      expect([status, body.equals(media)]).toEqual([200, true]);
    }
  });

  it('play what was mounted through the first out of its archive, until it is unmounted through the second', async () => {
    const { ready } = cluster;
    const client = new CurlClient(cluster, work);
    const { id } = ready.recordings[0]!;
    const original = await archiveContents(client, ready.gateway, [id]);
    const other = `mounted-${id}`;
    await client.put('both.zip', await archiveOfOthers(cluster, original, new Map([[id, other]])));
    const archive = async (act: string, ...args: string[]): Promise<string[]> => {
      const place = [client.stored('both.zip').path, '--authority', ready.caFile, '--ca', ready.caFile, '--json'];
      const parameters = ['archive', act, ...place, '--contact-center', ready.contactCenter, ...args];
      const { stdout, stderr } = await rcsctl(repository, dataDirectory, parameters, environment);
      if (stdout === '') throw new Error(stderr);
      return (JSON.parse(stdout) as { outcomes: { outcome: string; detail?: string }[] }).outcomes.map(
        ({ outcome, detail = '' }) => `${outcome}${detail}`,
      );
    };
    expect(await archive('mount', '--gateway', ready.gateway)).toEqual(['mounted']);
    const found = await ask(second.url, `/api/v2/recordings/${other}`, '--user', alice());
    const { mediaFiles } = JSON.parse(found.body.toString()) as { mediaFiles: { playPath: string }[] };
    const path = pathOf(mediaFiles[0]!.playPath);
    const [whole] = await both(demo(), '--user', alice());
    for (const { status, body } of await both(path, '--user', alice(), '--range', '1000-')) {
      expect([status, body.equals(whole!.body.subarray(1000))]).toEqual([206, true]);
    }
    const { name, password } = ready.operations;
    const asOperations = ['--user', name, '--password-file', client.write('operations', Buffer.from(password))];
    expect(await archive('unmount', '--gateway', second.url, ...asOperations)).toEqual(['unmounted']);
    expect(await statusesOf(path, '--user', alice())).toEqual([404, 404]);
  });

  it('take a session that began at the other, until it ends at either', async () => {
    const { name, password } = personOf(cluster.ready, 'alice');
    const jar = join(work, 'cookies');
    const begun = await ask(
      cluster.ready.gateway,
      '/api/v2/sessions',
      ...['--cookie-jar', jar],
      ...json('POST', { userName: name, password }),
    );
    expect(begun.status).toBe(201);
    expect(await statusesOf(demo(), '--cookie', jar)).toEqual([200, 200]);
    const csrf = ['--header', `X-CSRF-TOKEN: ${begun.headers['x-csrf-token']}`];
    const end = ['--cookie', jar, ...csrf, '--request', 'DELETE'];
    expect((await ask(second.url, '/api/v2/sessions/current', ...end)).status).toBe(200);
    expect(await statusesOf(demo(), '--cookie', jar)).toEqual([401, 401]);
  });

  it('let nobody hear what the other was told that they may not, from the next request on', async () => {
    const bob = personOf(cluster.ready, 'bob');
    const asBob = ['--user', `${bob.name}:${bob.password}`];
    const path = await firstThatPlays(asBob);
    for (const [told, asked] of [
      [cluster.ready.gateway, second.url],
      [second.url, cluster.ready.gateway],
    ] as const) {
      const may = async (privileges: readonly string[]): Promise<void> => {
        const answer = await ask(
          told,
          `/rcs/users/${bob.name}`,
          '--user',
          operations(),
          ...json('PATCH', { privileges }),
        );
        expect(answer.status).toBe(200);
      };
      expect((await ask(asked, path, ...asBob)).status).toBe(200);
      await may([]);
      expect((await ask(asked, path, ...asBob)).status).toBe(403);
      await may(['decrypt-recording']);
      expect((await ask(asked, path, ...asBob)).status).toBe(200);
    }
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
    const statuses = (): Promise<number[]> => statusesOf(demo(), '--user', alice());
    expect(await statuses()).toEqual([200, 200]);
    expect((await rcsctl(repository, dataDirectory, ['users', 'disable', name], environment)).status).toBe(0);
    expect(await statuses()).toEqual([401, 401]);
    expect((await rcsctl(repository, dataDirectory, ['users', 'enable', name], environment)).status).toBe(0);
    expect(await statuses()).toEqual([200, 200]);
  });

  it('answer 503 with the time to come again while PostgreSQL is away, and play when it is back', async () => {
    await database.halt('SIGQUIT');
    for (const { status, headers } of await both(demo(), '--user', alice())) {
      expect(status).toBe(503);
      expect(headers['retry-after']).toBe('1');
    }
    await database.run();
    expect(await statusesOf(demo(), '--user', alice())).toEqual([200, 200]);
  });
});
