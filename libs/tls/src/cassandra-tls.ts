import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import { ConfigurationError, type CassandraClusterConfiguration } from '#platform';
import { trustedAuthorities } from './trusted-authorities.js';

const leastBits = 2048;
/** OpenSSL's own limit is 2048 bits from security level 2 on; level 1 takes 1024. */
const weakCiphers = 'DEFAULT@SECLEVEL=1';

/**
 * TLS towards Cassandra; undefined where it is switched off. The driver connects to addresses: a node must show a
 * certificate of that address, or of one of the nodes that the configuration names.
 * @throws ConfigurationError when the trust store cannot be read, or has a weak key that is not allowed.
 */
export function cassandraTls(cluster: CassandraClusterConfiguration): ConnectionOptions | undefined {
  const { useSSL, trustStore, truststorePassword, allowWeakKeys } = cluster;
  if (!useSSL) return undefined;
  const trust = trustedAuthorities('cassandraCluster.trustStore', trustStore ?? true, truststorePassword);
  if (!allowWeakKeys) refuseWeakKeys(trustStore ?? '', trust.ca ?? []);
  const names = cluster.nodes.map(node => hostOf(node));
  return {
    ...trust,
    ...(allowWeakKeys ? { ciphers: weakCiphers } : {}),
    checkServerIdentity: (address, certificate) => identityProblem([address, ...names], certificate, allowWeakKeys),
  };
}

/** A node without its port. */
export const hostOf = (node: string): string => node.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

function refuseWeakKeys(file: string, authorities: readonly string[]): void {
  for (const pem of authorities) {
    const { subject, publicKey } = new X509Certificate(pem);
    const { modulusLength: bits } = publicKey.asymmetricKeyDetails ?? {};
    if (publicKey.asymmetricKeyType !== 'rsa' || bits === undefined || bits >= leastBits) continue;
    const name = subject.split('\n').join(', ');
    throw new ConfigurationError(
      `option cassandraCluster.trustStore: ${file}: ${name} has an RSA key of ${bits} bits, which is too weak: ` +
        `make keys of ${leastBits} bits, or write cassandraCluster.allowWeakKeys: true`,
    );
  }
}

function identityProblem(
  names: readonly string[],
  certificate: PeerCertificate,
  allowWeakKeys: boolean,
): Error | undefined {
  const { bits, modulus } = certificate;
  if (!allowWeakKeys && modulus !== undefined && bits !== undefined && bits < leastBits) {
    return new Error(`weak key: the certificate of the node has an RSA key of ${bits} bits`);
  }
  const problems = names.map(name => checkServerIdentity(name, certificate));
  return problems.includes(undefined) ? undefined : problems.at(-1);
}
