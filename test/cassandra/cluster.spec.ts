import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { CassandraNode, superuser } from '#test/cassandra/cassandra-node.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { curl, type CurlAnswer } from '../e2e/external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');

describe('a cluster whose recordings lie in Cassandra', () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-cassandra-cluster-'));
  let node: CassandraNode;
  let cluster: RunningCluster;

  beforeAll(async () => {
    node = await CassandraNode.start();
    const environment = {
      RCS_CASSANDRA_CLUSTER__NODES: `localhost:${node.port}`,
      RCS_CASSANDRA_CLUSTER__USE_SSL: 'true',
      RCS_CASSANDRA_CLUSTER__TRUST_STORE: node.trustStore,
      RCS_CASSANDRA_CLUSTER__TRUSTSTORE_PASSWORD: 'password',
      RCS_CASSANDRA_CLUSTER__USER_NAME: superuser.userName,
      RCS_CASSANDRA_CLUSTER__PASSWORD: superuser.password,
    };
    writeFileSync(join(work, 'application.yaml'), '{}\n');
    const prepare = ['store', 'prepare-cassandra', '--replication', 'datacenter1=1'];
    const patient = { ...environment, RCS_CASSANDRA_CLUSTER__CONNECT_TIMEOUT_MS: '10000' };
    const prepared = await rcsctl(repository, work, prepare, patient);
    expect([prepared.status, prepared.stderr]).toEqual([0, '']);
    cluster = await startCluster(repository, join(work, 'data'), environment);
  });
  afterAll(async () => {
    await cluster?.stop();
    await node?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const ask = (path: string): Promise<CurlAnswer> => {
    const { name, password } = personOf(cluster.ready, 'alice');
    return curl('--cacert', cluster.ready.caFile, '--user', `${name}:${password}`, `${cluster.ready.gateway}${path}`);
  };
  const demo = (): string => `/api/v2${(cluster.ready.recordings[0]?.playPath ?? '').replace(/^\/api\/v2/, '')}`;
  const found = async (): Promise<number> => {
    const { body } = await ask('/api/v2/recordings?startTime=2000-01-01T00:00:00.000%2B0000');
    return (JSON.parse(body.toString()) as { recordings: unknown[] }).recordings.length;
  };

  it('inserts, finds and plays what was inserted', async () => {
    expect((await ask(demo())).status).toBe(200);
    expect(await found()).toBeGreaterThan(0);
  });

  it('answers 503 with the time to come again while the node is away, and plays when it is back', async () => {
    await node.halt('SIGKILL');
    const { status, headers } = await ask(demo());
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    await node.run();
    await waitFor('the recording to play', async () => (await ask(demo())).status === 200);
    expect(await found()).toBeGreaterThan(0);
  });
});
