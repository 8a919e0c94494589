import { auth, policies, types, type ClientOptions } from 'cassandra-driver';
import type { CassandraOptions } from './cassandra-options.js';

/** What the driver is told. */
export function clientOptions(options: Omit<CassandraOptions, 'keyspace'>): ClientOptions {
  const { hosts, port, localDataCenter, userName, password, tls, connectTimeoutMs, deadlineMs } = options;
  const { RoundRobinPolicy, TokenAwarePolicy, DCAwareRoundRobinPolicy } = policies.loadBalancing;
  const nodes = localDataCenter === undefined ? new RoundRobinPolicy() : new DCAwareRoundRobinPolicy(localDataCenter);
  return {
    contactPoints: hosts.map(host => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)),
    protocolOptions: { port },
    ...(userName === undefined ? {} : { authProvider: new auth.PlainTextAuthProvider(userName, password ?? '') }),
    ...(tls === undefined ? {} : { sslOptions: { ...tls, rejectUnauthorized: tls.rejectUnauthorized ?? true } }),
    socketOptions: { connectTimeout: connectTimeoutMs, readTimeout: deadlineMs },
    queryOptions: {
      consistency: types.consistencies.quorum,
      serialConsistency: types.consistencies.serial,
      fetchSize: 1000,
    },
    policies: {
      loadBalancing: new TokenAwarePolicy(nodes),
      // Whole operations are repeated: only they know what may be done twice.
      retry: new policies.retry.FallthroughRetryPolicy(),
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(500),
    },
    encoding: { useUndefinedAsUnset: false },
  };
}
