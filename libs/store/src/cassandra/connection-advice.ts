import { errors } from 'cassandra-driver';
import type { CassandraOptions } from './cassandra-options.js';
import { describeCassandraProblem, innerErrors } from './cassandra-problem.js';

/** What to do about the words of the driver, of a node, or of TLS. */
const advice: readonly (readonly [RegExp, (options: CassandraOptions) => string])[] = [
  [
    /no authenticator found|requires authentication/i,
    () => 'the nodes ask who this is: give cassandraCluster.userName and cassandraCluster.password',
  ],
  [
    /username .* incorrect|bad credentials|failed to authenticate/i,
    ({ userName = '' }) => `check cassandraCluster.userName (${userName}) and cassandraCluster.password`,
  ],
  [
    /KEY_TOO_SMALL|key too small|weak key/i,
    () =>
      'a certificate of the node or of its authority has a key under 2048 bits: make new ones, or write cassandraCluster.allowWeakKeys: true',
  ],
  [
    /self.signed|unable to (verify|get)|UNABLE_TO_|SELF_SIGNED|certificate (has expired|is not yet)/i,
    () =>
      'the certificate of the node is of nobody who is trusted: put its authority into cassandraCluster.trustStore (keytool -importcert)',
  ],
  [
    /altname|does not match certificate|ALTNAME/i,
    () =>
      'the certificate of the node has another name: write the node in cassandraCluster.nodes as its certificate does',
  ],
  [/ENOTFOUND|EAI_AGAIN/, () => 'no such host: check cassandraCluster.nodes'],
  [/ECONNREFUSED/, () => 'nothing listens there: check cassandraCluster.nodes, and rpc_address of the node'],
  [
    /keyspace .* does not exist/i,
    ({ keyspace }) =>
      `there is no keyspace ${keyspace}: run rcsctl store prepare-cassandra --replication DATACENTER=COPIES`,
  ],
  [/unconfigured table|does not exist|unconfigured/i, () => 'run rcsctl store prepare-cassandra'],
  [/permission|unauthorized/i, ({ userName = 'anonymous' }) => `${userName} lacks a right on the keyspace: GRANT it`],
];

/** One line for whoever operates this: what is wrong with the cluster, and what to do. */
export function connectionProblem(options: CassandraOptions, error: unknown): string {
  const said = describeCassandraProblem(error);
  const found = advice.find(([words]) => words.test(said));
  if (found !== undefined) return `${said}: ${found[1](options)}`;
  return `${said}${silence(options, error)}`;
}

/** A node of Cassandra 4 that wants TLS says nothing at all to whoever speaks without it. */
function silence({ tls }: CassandraOptions, error: unknown): string {
  const words = describeCassandraProblem(error);
  const isSilent = /timeout|timed out|longer than|ECONNRESET|socket was closed|socket hang up/i.test(words);
  if (!isSilent && !(error instanceof errors.NoHostAvailableError && innerErrors(error).length === 0)) return '';
  return tls === undefined
    ? ': it does not answer without TLS: write cassandraCluster.useSSL: true, if it wants that'
    : ': it does not answer over TLS: is client_encryption_options enabled there?';
}
