import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { processIdOf } from '#test/cluster/process-id.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl, type CurlAnswer } from '../e2e/external-tools.js';
import { clockEnvironment } from '../properties/histories/histories-on-one-server.js';

jest.setTimeout(300_000);

const day = 86_400_000;

describe('a gateway whose clock is a year ahead of that of PostgreSQL and of another gateway', () => {
  const work = workDirectory('rcs-moved-clock-');
  const clockFile = join(work, 'clock');
  let database: PostgresqlServer;
  let cluster: RunningCluster;
  let ahead: SecondGateway;
  let client: CurlClient;

  beforeAll(async () => {
    database = await PostgresqlServer.start();
    await database.execute('CREATE DATABASE rcs');
    const environment = {
      RCS_STORE__KIND: 'postgresql',
      RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${database.port}]`,
      RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
      RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
      RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
    };
    const checkpoints = (name: string) => ({ RCS_AUDIT__CHECKPOINT_FILE: join(work, `${name}-checkpoints.jsonl`) });
    cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
      ...environment,
      ...checkpoints('first'),
    });
    ahead = await startSecondGateway(join(__dirname, '../..'), cluster.ready, {
      ...environment,
      ...checkpoints('second'),
      ...clockEnvironment(clockFile),
    });
    client = new CurlClient(cluster, work);
  });

  afterAll(async () => {
    await ahead?.stop();
    await cluster?.stop();
    await database?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const json = (method: string, body: object): string[] => [
    ...['--request', method, '--header', 'Content-Type: application/json'],
    ...['--data-binary', JSON.stringify(body)],
  ];
  const asAlice = (gateway: string, path: string, ...options: string[]): Promise<CurlAnswer> =>
    curl(...client.asUser('alice'), ...options, `${gateway}${path}`);
  const recorded = (name: string, startTime: Date, fields: object = {}): Promise<string> =>
    client.inserted(
      name,
      { mediaId: name, mediaDescriptor: client.stored(name) },
      { startTime: startTime.toISOString(), ...fields },
    );
  const held = async (name: string, reason: string): Promise<void> => {
    const until = new Date(Date.now() + 100 * day).toISOString();
    const hold = json('POST', { reason, until });
    expect((await asAlice(cluster.ready.gateway, `/rcs/recordings/${name}/holds`, ...hold)).status).toBe(201);
  };
  const setAhead = async (): Promise<void> => {
    writeFileSync(clockFile, String(365 * day));
    const heeded = join(work, `clock.${processIdOf('second-gateway', cluster.ready.dataDir)}`);
    await waitFor('the clock to be ahead', () => Promise.resolve(readFileSync(heeded, 'utf8') === String(365 * day)));
  };

  it('removes nothing before its time, by rules of retention or because a hold is over', async () => {
    const { gateway } = cluster.ready;
    await recorded('young', new Date(Date.now() - day));
    await recorded('old', new Date(Date.now() - 400 * day));
    await recorded('held', new Date(Date.now() - 400 * day));
    await held('held', 'case 4711');
    await setAhead();
    const rules = json('PUT', { rules: [{ days: 30 }], confirm: '1' });
    expect((await asAlice(ahead.url, '/rcs/retention', ...rules)).status).toBe(200);
    await waitFor('what has expired to go', async () => {
      const { status } = await asAlice(gateway, '/api/v2/recordings/old');
      return status === 404;
    });
    // Each gateway looks every ten seconds.
    await setTimeout(11_000);
    const statuses = ['young', 'held'].map(async id => (await asAlice(gateway, `/api/v2/recordings/${id}`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 200]);
    const { contactCenter } = cluster.ready;
    const removal = `${ahead.url}/api/v2/ops/contact-centers/${contactCenter}/recordings/held`;
    expect((await curl(...client.asOps(), '--request', 'DELETE', removal)).status).toBe(409);
  });

  it('leaves a person in the audit while a recording of theirs is held', async () => {
    const number = '+49 40 7654321';
    await recorded('of-a-held-caller', new Date(Date.now() - day), { callerPhoneNumber: number });
    await held('of-a-held-caller', `called from ${number}`);
    await setAhead();
    const erasure = json('POST', { reason: 'asked for', subject: { phoneNumber: number } });
    const erased = await asAlice(ahead.url, '/rcs/erasures', ...erasure);
    expect(erased.status).toBe(200);
    expect(JSON.parse(erased.body.toString())).toMatchObject({ isFinished: false, recordings: [{ outcome: 'kept' }] });
    // Each gateway looks every ten seconds.
    await setTimeout(11_000);
    const audit = await asAlice(cluster.ready.gateway, '/rcs/audit?order=newest-first&limit=1000');
    const { records } = JSON.parse(audit.body.toString()) as {
      readonly records: readonly { readonly detail?: string }[];
    };
    expect(records.filter(({ detail }) => detail?.includes(number))).toHaveLength(1);
  });

  it('has archives made from the day on that PostgreSQL has', async () => {
    await setAhead();
    const asked = {
      ...{ reason: 'kept', at: '00:00', age: { minimumDays: 1, maximumDays: 2 } },
      destination: { storage: 'webDAV', path: `${cluster.ready.webdav.folder ?? ''}archives` },
    };
    const set = await asAlice(ahead.url, '/rcs/archive-schedule', ...json('PUT', asked));
    expect(set.status).toBe(200);
    const { lastDay } = JSON.parse(set.body.toString()) as { readonly lastDay: string };
    expect(Date.parse(lastDay)).toBeLessThan(Date.now());
  });
});
