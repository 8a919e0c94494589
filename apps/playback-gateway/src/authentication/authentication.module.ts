import { Module } from '@nestjs/common';
import type { Configuration } from '#platform';
import type { ContactCenterStore, UserStore } from '#store';
import { CONFIGURATION, LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { IdentitySourceMetrics } from '../metrics/identity-source-metrics.js';
import { AuthenticationService } from './authentication.service.js';
import { openIdUsers } from './bearer/open-id-users.js';
import { ContactCenterFinder } from './contact-center-finder.js';
import { Directories } from './directory/directories.js';
import { ExternalUsers } from './external-users.js';
import { LoginRecord } from './login-record.js';
import { openDirectories } from './open-directories.js';

/** The steps that find out who is calling, as far as they are configured. */
@Module({
  providers: [
    ExternalUsers,
    LoginRecord,
    {
      provide: Directories,
      useFactory: openDirectories,
      inject: [CONFIGURATION, storeTokens.users, ExternalUsers, LOGGER, IdentitySourceMetrics],
    },
    {
      provide: AuthenticationService,
      useFactory: createAuthentication,
      inject: [
        CONFIGURATION,
        storeTokens.users,
        storeTokens.contactCenters,
        Directories,
        ExternalUsers,
        IdentitySourceMetrics,
      ],
    },
  ],
  exports: [AuthenticationService, Directories, LoginRecord],
})
export class AuthenticationModule {}

function createAuthentication(
  { serverSettings, openId }: Configuration,
  users: UserStore,
  contactCenters: ContactCenterStore,
  directories: Directories,
  external: ExternalUsers,
  metrics: IdentitySourceMetrics,
): AuthenticationService {
  return new AuthenticationService(users, serverSettings, {
    contactCenters: new ContactCenterFinder(contactCenters, users, serverSettings.defaultContactCenter),
    directories,
    ...(openId === undefined ? {} : { openId: openIdUsers(openId, users, contactCenters, external, metrics) }),
  });
}
