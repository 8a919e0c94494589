import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import type { ConfigurationServerSettings } from '#platform';
import { LdapConnections } from './ldap-connections.js';
import { LdapDirectory } from './ldap-directory.js';

/** The directory of one entry of configurationServers; nothing is connected before it is asked. */
export function openDirectory(settings: ConfigurationServerSettings, outgoing: ConnectionOptions): LdapDirectory {
  const tls = directoryTls(outgoing);
  const connections = (maxConnections: number): LdapConnections =>
    new LdapConnections({
      targets: settings.urls.map(url => ({ url, startTls: settings.tlsEnabled, tls })),
      maxConnections,
      connectTimeoutMs: settings.connectTimeoutMs,
      idleTimeoutMs: settings.idleTimeoutMs,
    });
  return new LdapDirectory(settings, connections(settings.maxConnections), connections(settings.maxConnections));
}

/**
 * The host name must be in the certificate: as a subject alternative name or, which Genesys RCS accepts of its
 * Configuration Server, as the common name of the subject. The common name of the issuer, which it accepts too, names
 * another machine and proves nothing; only a self-signed certificate passes that way, its subject being its issuer.
 */
export function checkDirectoryIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const error = checkServerIdentity(host, certificate);
  if (error === undefined) return undefined;
  const { CN: commonName } = certificate.subject as { readonly CN?: string | readonly string[] };
  return [commonName ?? []].flat().some(name => name.toLowerCase() === host.toLowerCase()) ? undefined : error;
}

/** TLS as the directory connections use it: modern versions, trust and identity of the options, names checked. */
export function directoryTls(outgoing: ConnectionOptions): ConnectionOptions {
  return { ...outgoing, minVersion: 'TLSv1.2', checkServerIdentity: checkDirectoryIdentity };
}
