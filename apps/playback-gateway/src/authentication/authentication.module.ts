import { Module } from '@nestjs/common';
import type { Configuration } from '#platform';
import type { ContactCenterStore, UserStore } from '#store';
import { CONFIGURATION, LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { IdentitySourceMetrics } from '../metrics/identity-source-metrics.js';
import { RedisModule } from '../redis/redis.module.js';
import { AuthenticationService } from './authentication.service.js';
import { OpenIdConnection } from './open-id-connection.js';
import { ContactCenterFinder } from './contact-center-finder.js';
import { Directories } from './directory/directories.js';
import { ExternalUsers } from './external-users.js';
import { LoginRecord } from './login-record.js';
import { openDirectories } from './open-directories.js';
import { OpenIdLogin } from './open-id-login/open-id-login.js';

/** The steps that find out who is calling, as far as they are configured. */
@Module({
  imports: [RedisModule],
  providers: [
    ExternalUsers,
    LoginRecord,
    OpenIdConnection,
    { provide: OpenIdLogin, useFactory: ({ login }: OpenIdConnection) => login, inject: [OpenIdConnection] },
    {
      provide: Directories,
      useFactory: openDirectories,
      inject: [CONFIGURATION, storeTokens.users, ExternalUsers, LOGGER, IdentitySourceMetrics],
    },
    {
      provide: AuthenticationService,
      useFactory: createAuthentication,
      inject: [CONFIGURATION, storeTokens.users, storeTokens.contactCenters, Directories, OpenIdConnection],
    },
  ],
  exports: [AuthenticationService, Directories, LoginRecord, OpenIdLogin],
})
export class AuthenticationModule {}

function createAuthentication(
  { serverSettings }: Configuration,
  users: UserStore,
  contactCenters: ContactCenterStore,
  directories: Directories,
  openId: OpenIdConnection,
): AuthenticationService {
  return new AuthenticationService(users, serverSettings, {
    contactCenters: new ContactCenterFinder(contactCenters, users, serverSettings.defaultContactCenter),
    directories,
    ...(openId.users === undefined ? {} : { openId: openId.users }),
  });
}
