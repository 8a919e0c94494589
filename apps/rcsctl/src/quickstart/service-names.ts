import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { ConfigurationError } from '#platform';

/** Letters, digits, hyphens and underscores, as resolvers take them; a wildcard for the first label. */
const dnsName = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** Under which names and addresses services are reached, as a certificate says it. */
export interface ServiceNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/**
 * Names and addresses apart, each once: an address that stood among the names would fit no connection.
 * @throws ConfigurationError naming what is neither
 */
export function serviceNames(given: readonly string[]): ServiceNames {
  const wrong = given.find(name => isIP(name) === 0 && !dnsName.test(name));
  if (wrong !== undefined) {
    throw new ConfigurationError(`"${wrong}" is neither a DNS name nor an address: name hosts without scheme and port`);
  }
  const dnsNames = [...new Set(['localhost', ...given.filter(name => isIP(name) === 0)])];
  return { dnsNames, ipAddresses: [...new Set(['127.0.0.1', '::1', ...given.filter(name => isIP(name) !== 0)])] };
}

interface PairFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** What files that were made before lack of what is wanted now, a sentence for each; empty when nothing is missing. */
export function lacking(identities: readonly PairFiles[], given: readonly string[]): readonly string[] {
  const missing = identities
    .flatMap(({ certificateFile, keyFile }) => [certificateFile, keyFile])
    .filter(file => !existsSync(file))
    .map(file => `${file} is missing`);
  const certificates = identities
    .filter(({ certificateFile }) => existsSync(certificateFile))
    .map(({ certificateFile }) => new X509Certificate(readFileSync(certificateFile)));
  const unnamed = given.filter(name => !certificates.every(certificate => names(certificate, name)));
  return [...missing, ...unnamed.map(name => `certificates that are there do not name ${name}`)];
}

function names(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}
