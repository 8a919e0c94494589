import type { Provider } from '@nestjs/common';
import type { Configuration, ConfigurationServerSettings, Logger } from '#platform';
import type { ContactCenterStore, UserStore } from '#store';
import { outgoingTls, trustedAuthorities, type OutgoingTls } from '#tls';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { AuthenticationService } from './authentication.service.js';
import { keySetFetcher } from './bearer/key-set-fetcher.js';
import { OpenIdUsers } from './bearer/open-id-users.js';
import { ContactCenterFinder } from './contact-center-finder.js';
import { Directories } from './directory/directories.js';
import { DirectoryUsers } from './directory/directory-users.js';
import { openDirectory } from './directory/open-directory.js';
import { ExternalUsers } from './external-users.js';

/** Wires the steps that find out who is calling, as far as they are configured. */
export function authenticationProviders(configuration: Configuration, logger: Logger): Provider[] {
  const { serverSettings, openId } = configuration;
  return [
    {
      provide: ExternalUsers,
      useFactory: (users: UserStore) => new ExternalUsers(users),
      inject: [storeTokens.users],
    },
    {
      provide: Directories,
      useFactory: (users: UserStore, external: ExternalUsers) =>
        openDirectories(configuration, users, external, logger),
      inject: [storeTokens.users, ExternalUsers],
    },
    {
      provide: AuthenticationService,
      useFactory: (
        users: UserStore,
        contactCenters: ContactCenterStore,
        directories: Directories,
        external: ExternalUsers,
      ) =>
        new AuthenticationService(users, serverSettings, {
          contactCenters: new ContactCenterFinder(contactCenters, users, serverSettings.defaultContactCenter),
          directories,
          ...(openId === undefined
            ? {}
            : {
                openId: new OpenIdUsers(
                  openId,
                  users,
                  contactCenters,
                  external,
                  keySetFetcher(
                    openId,
                    trustedAuthorities('openId.openIdTrustedCA', openId.openIdTrustedCA, openId.openIdJksPassword),
                  ),
                ),
              }),
        }),
      inject: [storeTokens.users, storeTokens.contactCenters, Directories, ExternalUsers],
    },
  ];
}

function openDirectories(
  { configurationServers, serverSettings }: Configuration,
  users: UserStore,
  external: ExternalUsers,
  logger: Logger,
): Directories {
  return new Directories(
    configurationServers.map((settings, index) => ({
      contactCenters: settings.contactCenters,
      users: settings.enabled
        ? new DirectoryUsers(openDirectory(settings, tlsOf(settings, index, serverSettings)), users, external, logger, {
            cacheSize: serverSettings.credentialCacheSize,
            cacheTimeToLiveMs: settings.cacheTimeToLiveMs,
          })
        : undefined,
    })),
  );
}

function tlsOf(
  settings: ConfigurationServerSettings,
  index: number,
  { caCertificate, jksPassword }: Configuration['serverSettings'],
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
  });
}
