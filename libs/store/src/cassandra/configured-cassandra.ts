import { ConfigurationError, type CassandraClusterConfiguration } from '#platform';
import { cassandraTls, hostOf } from '#tls';
import type { CassandraOptions } from './cassandra-options.js';
import { prepareCassandra, type Replication } from './prepare-cassandra.js';

/** How the cluster of a configuration is reached. @throws ConfigurationError where that cannot be. */
export function cassandraOptions(cluster: CassandraClusterConfiguration): CassandraOptions {
  const { nodes, keyspace, localDataCenter, userName, password, connectTimeoutMs, operationTimeoutMs } = cluster;
  return {
    hosts: nodes.map(hostOf),
    port: portOf(cluster),
    keyspace,
    localDataCenter,
    userName,
    password,
    tls: cassandraTls(cluster),
    connectTimeoutMs,
    deadlineMs: operationTimeoutMs,
  };
}

/** Makes the tables of a configuration; see `prepareCassandra`. */
export async function prepareConfiguredCassandra(
  cluster: CassandraClusterConfiguration | undefined,
  replication?: Replication,
): Promise<void> {
  if (cluster === undefined)
    throw new ConfigurationError('cassandraCluster: the configuration does not say where it is');
  await prepareCassandra(cassandraOptions(cluster), replication);
}

/** Nodes that are found have the port of those that are named. */
function portOf({ nodes, port }: CassandraClusterConfiguration): number {
  const written = nodes.flatMap(node => /:(\d+)$/.exec(node.replace(/^\[.*\]$/, ''))?.[1] ?? []);
  const ports = new Set(written.length === nodes.length ? written.map(Number) : [port, ...written.map(Number)]);
  const [only] = ports;
  if (ports.size === 1 && only !== undefined) return only;
  throw new ConfigurationError(`cassandraCluster.nodes: one port for all, not ${[...ports].join(', ')}`);
}

/** Options of the original that are taken and have no use. */
export const unusedCassandraOptions = (cluster: CassandraClusterConfiguration | undefined): readonly string[] =>
  (['thrift_port', 'jmx_port'] as const).filter(option => cluster?.[option] !== undefined);
