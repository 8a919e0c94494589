import { Injectable } from '@nestjs/common';
import { RcsError, toRcsError } from '#platform';
import type { User } from '#store';
import { AuthenticationService } from '../authentication/authentication.service.js';
import { LoginThrottle } from '../throttling/login-throttle.js';

/** Has users prove their password once more before they change it: a session left open must not be enough. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly throttle: LoginThrottle,
  ) {}

  /** @throws RcsError RCS_INVALID_VALUE for a wrong one, RCS_TOO_MANY_REQUESTS after several. */
  async prove(user: User, password: string, address: string): Promise<void> {
    const attempt = await this.throttle.begin({ userName: user.name, address });
    const authorization = `Basic ${Buffer.from(`${user.name}:${password}`).toString('base64')}`;
    try {
      await this.authentication.authenticate(authorization, { contactCenter: user.contactCenter });
      await this.throttle.succeeded(attempt);
    } catch (error) {
      if (toRcsError(error).code !== 'RCS_AUTHENTICATION_REQUIRED') {
        await this.throttle.withdraw(attempt);
        throw error;
      }
      throw new RcsError('RCS_INVALID_VALUE', 'the current password is wrong', {
        publicDetail: 'currentPassword: is not the current password',
        cause: error,
      });
    }
  }
}
