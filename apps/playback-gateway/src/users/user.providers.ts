import type { Provider } from '@nestjs/common';
import { UserAdministration } from '#accounts';
import type { ServerSettings } from '#platform';
import type { AuditLog, ContactCenterStore, UserStore } from '#store';
import { AuthenticationService } from '../authentication/authentication.service.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { LoginThrottle } from '../throttling/login-throttle.js';
import { AccessGroupController } from './access-group.controller.js';
import { OwnPassword } from './own-password.js';
import { UserController } from './user.controller.js';

export const userControllers = [UserController, AccessGroupController];

/** Wires the administration of users. */
export function userProviders({ opsUsername }: ServerSettings): Provider[] {
  return [
    {
      provide: UserAdministration,
      useFactory: (users: UserStore, contactCenters: ContactCenterStore, audit: AuditLog) =>
        new UserAdministration({ users, contactCenters, audit }, [opsUsername]),
      inject: [storeTokens.users, storeTokens.contactCenters, storeTokens.audit],
    },
    {
      provide: OwnPassword,
      useFactory: (authentication: AuthenticationService, throttle: LoginThrottle) =>
        new OwnPassword(authentication, throttle),
      inject: [AuthenticationService, LoginThrottle],
    },
  ];
}
