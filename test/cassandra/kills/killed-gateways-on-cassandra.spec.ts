import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { CassandraNode, superuser } from '#test/cassandra/cassandra-node.js';
import { countInTier } from '#test/tier.js';
import { killGateways } from '../../resilience/killed-gateways/kill-gateways.js';
import { rowsInCassandra, rowsInSqlite } from '../../resilience/killed-gateways/left-rows.js';

const repository = join(__dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-killed-on-cassandra-'));
let node: CassandraNode | undefined;

/** Recordings lie in Cassandra, the ledger and the queues in SQLite. What would be handed over is not inserted there. */
killGateways(
  countInTier(8, 16, 1000),
  async () => {
    const server = await CassandraNode.start();
    node = server;
    const environment = {
      RCS_CASSANDRA_CLUSTER__NODES: `localhost:${server.port}`,
      RCS_CASSANDRA_CLUSTER__USE_SSL: 'true',
      RCS_CASSANDRA_CLUSTER__TRUST_STORE: server.trustStore,
      RCS_CASSANDRA_CLUSTER__TRUSTSTORE_PASSWORD: 'password',
      RCS_CASSANDRA_CLUSTER__USER_NAME: superuser.userName,
      RCS_CASSANDRA_CLUSTER__PASSWORD: superuser.password,
      RCS_CASSANDRA_CLUSTER__CONNECT_TIMEOUT_MS: '10000',
    };
    writeFileSync(join(work, 'application.yaml'), '{}\n');
    const prepare = ['store', 'prepare-cassandra', '--replication', 'datacenter1=1'];
    expect(await rcsctl(repository, work, prepare, environment)).toMatchObject({ status: 0, stderr: '' });
    const leftRows = async (dataDirectory: string) => {
      const ofStore = [...rowsInSqlite(dataDirectory)].map(([table, ids]) => [`${table} of the store`, ids] as const);
      return new Map([...ofStore, ...(await rowsInCassandra(server, 'rcs'))]);
    };
    return { environment, leftRows };
  },
  { handsOver: false },
);

afterAll(async () => {
  await node?.stop();
  rmSync(work, { recursive: true, force: true });
});
