import { openSqliteStore, type Store } from '#store';
import { prepareCassandra } from '../../../libs/store/src/cassandra/prepare-cassandra.js';
import { withCassandra } from '../../../libs/store/src/cassandra/with-cassandra.js';
import { openPostgresqlStore } from '../../../libs/store/src/postgresql/open-postgresql-store.js';
import { CassandraNode, superuser as cassandraSuperuser } from '../../support/cassandra/cassandra-node.js';
import { cassandraFilling } from './cassandra-filling.js';
import { postgresqlFilling, sqliteFilling, type FillStore } from './filled-stores.js';
import { PostgresqlServer, superuser } from '../../support/postgresql/postgresql-server.js';

export interface BenchedStore {
  readonly store: Store;
  /** Quicker than by insertions. */
  readonly fill: FillStore;
  /** Closes the store and ends its server. */
  end(): Promise<void>;
}

const deadlines = { connectTimeoutMs: 20_000, deadlineMs: 60_000 } as const;

/** Each with a server of its own, one node where it is a cluster. What they write below `directory` is synced to that disk. */
export const benchedStores: Readonly<Record<string, (directory: string) => Promise<BenchedStore>>> = {
  async sqlite(directory) {
    const store = await openSqliteStore({ directory, auditWriter: 'bench' });
    const { fill, end } = sqliteFilling(directory);
    return { store, fill, end: () => store.close().finally(end) };
  },

  async postgresql() {
    const server = await PostgresqlServer.start();
    await server.execute('CREATE DATABASE rcs');
    const store = await openPostgresqlStore({
      ...{ hosts: [{ host: '127.0.0.1', port: server.port }], database: 'rcs', ...superuser, auditWriter: 'bench' },
      ...{ ...deadlines, maxConnections: 10, applicationName: 'bench' },
    });
    const { fill, end } = await postgresqlFilling(server.port);
    const stop = () => end().finally(() => server.stop());
    return { store, fill, end: () => store.close().finally(stop) };
  },

  /** Recordings in Cassandra, without TLS; everything else in SQLite. */
  async cassandra(directory) {
    const node = await CassandraNode.start({ tls: false });
    const options = {
      ...{ hosts: ['127.0.0.1'], port: node.port, keyspace: 'rcs', ...cassandraSuperuser },
      ...deadlines,
    };
    await prepareCassandra(options, { datacenter1: 1 });
    const rest = await openSqliteStore({ directory: `${directory}/rest`, auditWriter: 'bench' });
    const store = await withCassandra(rest, options);
    const { fill, end } = await cassandraFilling(node.port, options.keyspace);
    const stop = () => end().finally(() => node.stop());
    return { store, fill, end: () => store.close().finally(stop) };
  },
};
