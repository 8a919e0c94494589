import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { CassandraNode, superuser } from '#test/cassandra/cassandra-node.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { rcsctl as rcsctlWith } from '../e2e/command-line.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl, type CurlAnswer } from '../e2e/external-tools.js';
import { archiveContents, archiveOfOthers } from '../e2e/signed-archives.js';

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

  it('mounts an archive, says what is mounted, and takes it out again', async () => {
    const { gateway, dataDir, caFile, contactCenter, recordings } = cluster.ready;
    const client = new CurlClient(cluster, work);
    const id = recordings[0]!.id;
    const original = await archiveContents(client, gateway, [id]);
    await client.put('mounted.zip', await archiveOfOthers(cluster, original, new Map([[id, 'mounted-1']])));
    const mount = ['archive', 'mount', 'mounted.zip', '--authority', caFile, '--json'];
    const mounted = await rcsctlWith(join(dataDir, 'rcsctl.yaml'), ...mount);
    expect([mounted.status, mounted.stderr]).toEqual([0, '']);
    const played = await ask('/api/v2/recordings/mounted-1');
    const { mediaFiles } = JSON.parse(played.body.toString()) as { mediaFiles: readonly { playPath: string }[] };
    expect((await ask(`/api/v2${mediaFiles[0]!.playPath}`)).status).toBe(200);
    const mounts = `${gateway}/api/v2/ops/contact-centers/${contactCenter}/mounted-recordings`;
    const listed = async (): Promise<unknown> => JSON.parse((await curl(...client.asOps(), mounts)).body.toString());
    const archive = { storage: 'webDAV', path: 'mounted.zip', recordings: 1 };
    expect(await listed()).toEqual({ statusCode: 0, mounts: [archive] });
    const url = `${mounts}/mounted-1?storage=webDAV&path=mounted.zip`;
    expect((await curl(...client.asOps(), '--request', 'DELETE', url)).status).toBe(200);
    expect(await listed()).toEqual({ statusCode: 0, mounts: [] });
    expect((await ask('/api/v2/recordings/mounted-1')).status).toBe(404);
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
