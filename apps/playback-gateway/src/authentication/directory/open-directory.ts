import type { ConfigurationServerSettings } from '#platform';
import type { ConnectionOptions } from 'node:tls';
import { directoryTls } from './directory-tls.js';
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
