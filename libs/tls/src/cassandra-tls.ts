import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import type { CassandraClusterConfiguration } from '#platform';
import { trustedAuthorities } from './trusted-authorities.js';
import { leastRsaBits } from './weak-keys.js';

/**
 * TLS towards Cassandra; undefined where it is switched off. The driver connects to addresses: a node must show a
 * certificate of that address, or of one of the nodes that the configuration names.
 * @throws ConfigurationError when the trust store cannot be read, or has a weak key that is not allowed.
 */
export function cassandraTls(cluster: CassandraClusterConfiguration): ConnectionOptions | undefined {
  const { useSSL, trustStore, truststorePassword, allowWeakKeys } = cluster;
  if (!useSSL) return undefined;
  const rule = { allowWeakKeys, allowOption: 'cassandraCluster.allowWeakKeys' };
  const trust = trustedAuthorities('cassandraCluster.trustStore', trustStore ?? true, truststorePassword, rule);
  const names = cluster.nodes.map(node => hostOf(node));
  return {
    ...trust,
    checkServerIdentity: (address, certificate) => identityProblem([address, ...names], certificate, allowWeakKeys),
  };
}

/** A node without its port. */
export const hostOf = (node: string): string => node.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

function identityProblem(
  names: readonly string[],
  certificate: PeerCertificate,
  allowWeakKeys: boolean,
): Error | undefined {
  const { bits, modulus } = certificate;
  if (!allowWeakKeys && modulus !== undefined && bits !== undefined && bits < leastRsaBits) {
    return new Error(`weak key: the certificate of the node has an RSA key of ${bits} bits`);
  }
  const problems = names.map(name => checkServerIdentity(name, certificate));
  return problems.includes(undefined) ? undefined : problems.at(-1);
}
