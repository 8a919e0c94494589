import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { User } from '#store';
import { AuthenticationService } from '../authentication/authentication.service.js';
import { LoginRecord } from '../authentication/login-record.js';
import { OpenIdLogin } from '../authentication/open-id-login/open-id-login.js';
import type { PendingLogin } from '../authentication/open-id-login/pending-login.js';
import { setCurrentUser } from '../http/current-user.js';
import { SessionService } from '../sessions/session.service.js';
import { LoginThrottle } from '../throttling/login-throttle.js';
import { refuseRecorder } from './recorder-refusal.js';

/** Lets in whom the OpenID provider has let in: the user of the provider's claims gets a session like everybody's. */
@Injectable()
export class ProviderAdmission {
  constructor(
    private readonly login: OpenIdLogin,
    private readonly authentication: AuthenticationService,
    private readonly sessions: SessionService,
    private readonly logins: LoginRecord,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * Redeems what a browser came back with, and opens a session.
   * @param answer the query of its request
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_TOO_MANY_REQUESTS, RCS_DIRECTORY_UNAVAILABLE,
   * RCS_SESSION_UNAVAILABLE, RCS_AUDIT_UNAVAILABLE
   */
  async logIn(
    pending: PendingLogin,
    answer: URLSearchParams,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { user, seenByProviderAt } = await this.throttled(pending, answer, request);
    setCurrentUser(user, request);
    refuseRecorder(user);
    await this.logins.sessionOpened(user, request, 'session, by the OpenID provider');
    await this.sessions.open(user, request, reply, false, { seenByProviderAt });
  }

  /**
   * Codes are guessed as passwords are: so many failures from one address, and more wait in line before the provider is
   * asked. Whose log-in it is is not known before, so that nobody's account is counted.
   */
  private async throttled(pending: PendingLogin, answer: URLSearchParams, request: FastifyRequest) {
    const key = JSON.stringify(['OpenID log-in', pending.state]);
    const attempt = await this.throttle.begin({ identity: { kind: 'person', key }, address: request.ip });
    try {
      const identified = await this.identified(pending, answer);
      await this.throttle.withdraw(attempt);
      return identified;
    } catch (error) {
      if (!(error instanceof RcsError) || error.code !== 'RCS_AUTHENTICATION_REQUIRED') {
        await this.throttle.withdraw(attempt);
        throw error;
      }
      this.logins.failed({ credentials: undefined, digest: '' }, request, undefined, error);
      await this.throttle.failed(attempt);
      throw error;
    }
  }

  private async identified(
    pending: PendingLogin,
    answer: URLSearchParams,
  ): Promise<{ readonly user: User; readonly seenByProviderAt: number }> {
    const { claims, authenticatedAt } = await this.login.provider.finish(answer, pending);
    return { user: await this.authentication.userOfProvider(claims), seenByProviderAt: authenticatedAt };
  }
}
