import { Module } from '@nestjs/common';
import { UserAdministration } from '#accounts';
import type { ServerSettings } from '#platform';
import type { AuditLog, ContactCenterStore, UserStore } from '#store';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { AccessGroupController } from './access-group.controller.js';
import { MeController } from './me.controller.js';
import { OwnPassword } from './own-password.js';
import { UserController } from './user.controller.js';

/** The administration of users. */
@Module({
  imports: [AuthenticationModule, ThrottlingModule],
  controllers: [MeController, UserController, AccessGroupController],
  providers: [
    {
      provide: UserAdministration,
      useFactory: (
        { opsUsername }: ServerSettings,
        users: UserStore,
        contactCenters: ContactCenterStore,
        audit: AuditLog,
      ) => new UserAdministration({ users, contactCenters, audit }, [opsUsername]),
      inject: [SERVER_SETTINGS, storeTokens.users, storeTokens.contactCenters, storeTokens.audit],
    },
    OwnPassword,
  ],
})
export class UsersModule {}
