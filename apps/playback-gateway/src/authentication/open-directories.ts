import type { Configuration, ConfigurationServerSettings, Logger } from '#platform';
import type { UserStore } from '#store';
import { outgoingTls, type OutgoingTls } from '#tls';
import type { IdentitySourceMetrics } from '../metrics/identity-source-metrics.js';
import { Directories } from './directory/directories.js';
import { DirectoryUsers } from './directory/directory-users.js';
import { MeasuredDirectory } from './directory/measured-directory.js';
import { openDirectory } from './directory/open-directory.js';
import type { ExternalUsers } from './external-users.js';

/** The directories of contact centers whose users are in one. */
export function openDirectories(
  { configurationServers, serverSettings }: Configuration,
  users: UserStore,
  external: ExternalUsers,
  logger: Logger,
  metrics: IdentitySourceMetrics,
): Directories {
  return new Directories(
    configurationServers.map((settings, index) => ({
      contactCenters: settings.contactCenters,
      users: settings.enabled
        ? new DirectoryUsers(
            new MeasuredDirectory(openDirectory(settings, directoryOptions(settings, index, serverSettings)), metrics),
            users,
            external,
            logger,
            {
              cacheSize: serverSettings.credentialCacheSize,
              cacheTimeToLiveMs: settings.cacheTimeToLiveMs,
            },
          )
        : undefined,
    })),
  );
}

/** TLS towards a directory. @throws ConfigurationError naming option and path of a file that cannot be used */
export function directoryOptions(
  settings: ConfigurationServerSettings,
  index: number,
  { caCertificate, jksPassword, allowWeakKeys }: Configuration['serverSettings'],
): OutgoingTls {
  const own = settings.configurationServerTrustedCA !== undefined || caCertificate === undefined;
  const entry = `configurationServers.${index}`;
  return outgoingTls({
    trustOption: own ? `${entry}.configurationServerTrustedCA` : 'serverSettings.caCertificate',
    trustedCA: settings.configurationServerTrustedCA ?? caCertificate ?? true,
    jksPassword: own ? settings.configurationServerJksPassword : jksPassword,
    keyStoreOption: `${entry}.keyStorePath`,
    keyStorePath: settings.keyStorePath,
    keyStorePassword: settings.keyStorePassword,
    allowWeakKeys: settings.allowWeakKeys ?? allowWeakKeys,
  });
}
