import { Injectable } from '@nestjs/common';
import { RcsError, toRcsError } from '#platform';
import type { User } from '#store';
import { AuthenticationService } from '../authentication/authentication.service.js';
import type { AdmitAttempt } from '../authentication/login-identity.js';
import { LoginThrottle, type LoginAttempt } from '../throttling/login-throttle.js';

/** Has users prove their password once more before they change it: a session left open must not be enough. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly throttle: LoginThrottle,
  ) {}

  /** @throws RcsError RCS_INVALID_VALUE for a wrong one, RCS_TOO_MANY_REQUESTS after several. */
  async prove(user: User, password: string, address: string): Promise<void> {
    const entered: { attempt?: LoginAttempt } = {};
    const admit: AdmitAttempt = async identity => {
      entered.attempt = await this.throttle.begin({ identity, address });
    };
    const credentials = { scheme: 'basic', userName: user.name, password } as const;
    const hints = { contactCenter: user.contactCenter, address };
    try {
      await this.authentication.authenticate(credentials, hints, admit);
      if (entered.attempt !== undefined) await this.throttle.succeeded(entered.attempt);
    } catch (error) {
      const { attempt } = entered;
      if (toRcsError(error).code !== 'RCS_AUTHENTICATION_REQUIRED') {
        if (attempt !== undefined) await this.throttle.withdraw(attempt);
        throw error;
      }
      if (attempt !== undefined) await this.throttle.failed(attempt);
      throw new RcsError('RCS_INVALID_VALUE', 'the current password is wrong', {
        publicDetail: 'currentPassword: is not the current password',
        cause: error,
      });
    }
  }
}
