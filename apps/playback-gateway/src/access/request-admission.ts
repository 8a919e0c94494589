import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError, toRcsError } from '#platform';
import type { User } from '#store';
import { checkOriginFor } from '../cors/cross-origin.hook.js';
import { CsrfProtection } from '../csrf/csrf-protection.js';
import { SessionService } from '../sessions/session.service.js';
import { accountIn, type Session } from '../sessions/session.js';
import { LoginThrottle, type LoginAttempt } from '../throttling/login-throttle.js';
import { noteAuthentication } from '../authentication/authentication-time.js';
import { AuthenticationService } from '../authentication/authentication.service.js';
import { namedContactCenter, type Credentials } from '../authentication/credentials.js';
import type { AdmitAttempt } from '../authentication/login-identity.js';
import type { LoginIdentity } from '../throttling/login-limits.js';
import type { ConnectionOrigin } from '../authentication/recorder-account.js';
import { clientCertificateOf } from '../http/client-certificate.js';
import { setCurrentUser } from '../http/current-user.js';
import { LoginRecord, type PresentedLogin } from '../authentication/login-record.js';
import { refuseRecorder } from './recorder-refusal.js';

interface Admitted {
  readonly user: User;
  readonly credentials?: Credentials | undefined;
  readonly session: Session | undefined;
}

/**
 * Lets a request in: by Basic credentials or by the session of its cookie; then the origin of the page and the CSRF
 * token are checked. Where both are sent the credentials decide, and the session must be of the same user to count.
 */
@Injectable()
export class RequestAdmission {
  /** Clients open several connections at once: the same credentials are checked, and counted, once. */
  private readonly running = new Map<string, Promise<User>>();

  constructor(
    private readonly authentication: AuthenticationService,
    private readonly sessions: SessionService,
    private readonly csrf: CsrfProtection,
    private readonly logins: LoginRecord,
    private readonly throttle: LoginThrottle,
  ) {}

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_CSRF_TOKEN_REQUIRED, RCS_ORIGIN_REFUSED, RCS_SESSION_UNAVAILABLE. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { user, credentials, session } =
      request.headers.authorization === undefined ? await this.bySession(request) : await this.byCredentials(request);
    setCurrentUser(user, request);
    noteAuthentication(request, credentials, session);
    checkOriginFor(user, request, reply);
    const client = { userName: user.name, address: request.ip, headers: request.headers };
    if (this.csrf.demands(request.method, client)) this.csrf.check(client, session?.csrfToken);
    if (session !== undefined) this.sessions.attach(session, request, reply);
    else if (issuesCsrfToken(request) && !this.csrf.exempts(client))
      await this.openImplicitSession(user, request, reply);
  }

  /** Checks Basic credentials and opens a session: what a person does once. */
  async logIn(authorization: string | undefined, request: FastifyRequest, reply: FastifyReply): Promise<Admitted> {
    const user = await this.authenticate(this.logins.present(authorization, request), request);
    setCurrentUser(user, request);
    refuseRecorder(user);
    checkOriginFor(user, request, reply);
    await this.logins.sessionOpened(user, request);
    return { user, session: await this.sessions.open(user, request, reply, false) };
  }

  private async byCredentials(request: FastifyRequest): Promise<Admitted> {
    const login = this.logins.present(request.headers.authorization, request);
    const user = await this.authenticate(login, request);
    await this.logins.succeeded(user, login, request);
    return { user, credentials: login.credentials, session: await this.sessionBeside(user, request) };
  }

  private async bySession(request: FastifyRequest): Promise<Admitted> {
    const session = await this.sessions.resume(request);
    if (session === undefined) throw new RcsError('RCS_AUTHENTICATION_REQUIRED', 'neither credentials nor a session');
    const user = await this.authentication.userOfSession(accountIn(session), originOf(request));
    if (user !== undefined && this.sessions.isCurrent(session, user)) return { user, session };
    await this.sessions.end(session);
    throw new RcsError('RCS_AUTHENTICATION_REQUIRED', 'the user of the session has changed');
  }

  private authenticate(login: PresentedLogin, request: FastifyRequest): Promise<User> {
    const { digest } = login;
    const running = this.running.get(digest);
    if (running !== undefined) return running;
    const attempt = this.throttled(login, request).finally(() => this.running.delete(digest));
    this.running.set(digest, attempt);
    return attempt;
  }

  private async throttled(login: PresentedLogin, request: FastifyRequest): Promise<User> {
    if (this.throttle.wereRight(login.digest)) return this.verify(login, request, undefined);
    const entered: { attempt?: LoginAttempt } = {};
    const admit: AdmitAttempt = async identity => {
      entered.attempt = await this.throttle.begin({ identity, address: request.ip });
    };
    try {
      const user = await this.verify(login, request, admit);
      if (entered.attempt !== undefined) await this.throttle.succeeded(entered.attempt, login.digest);
      return user;
    } catch (error) {
      const { attempt } = entered;
      if (attempt !== undefined) {
        await (isWrongCredentials(error) ? this.throttle.failed(attempt) : this.throttle.withdraw(attempt));
      }
      throw error;
    }
  }

  private async verify(login: PresentedLogin, request: FastifyRequest, admit: AdmitAttempt | undefined): Promise<User> {
    const hints = { contactCenter: namedContactCenter(request), ...originOf(request) };
    const found: { identity?: LoginIdentity } = {};
    const note: AdmitAttempt = async identity => {
      found.identity = identity;
      await admit?.(identity);
    };
    try {
      return await this.authentication.authenticate(login.credentials, hints, admit === undefined ? undefined : note);
    } catch (error) {
      if (isWrongCredentials(error)) {
        this.throttle.forget(login.digest);
        this.logins.failed(login, request, found.identity?.contactCenter, error);
      }
      throw error;
    }
  }

  /** Without Redis, clients with credentials are served as far as no token is needed. */
  private async sessionBeside(user: User, request: FastifyRequest): Promise<Session | undefined> {
    if (!this.sessions.isOffered(request)) return undefined;
    try {
      const session = await this.sessions.resume(request);
      return session?.userName === user.name && this.sessions.isCurrent(session, user) ? session : undefined;
    } catch (error) {
      const client = { userName: user.name, address: request.ip, headers: request.headers };
      if (isSessionOutage(error) && !this.csrf.demands(request.method, client)) return undefined;
      throw error;
    }
  }

  private async openImplicitSession(user: User, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      await this.sessions.open(user, request, reply, true);
    } catch (error) {
      if (!isSessionOutage(error)) throw error;
    }
  }
}

/** Every GET but those for media, which players repeat for each part of a recording. */
function issuesCsrfToken(request: FastifyRequest): boolean {
  return request.method === 'GET' && request.routeOptions.url?.endsWith('/play/:leaf') !== true;
}

/** What the recorder may be bound to. */
const originOf = (request: FastifyRequest): ConnectionOrigin => ({
  address: request.ip,
  clientCertificate: clientCertificateOf(request),
});

const isWrongCredentials = (error: unknown): error is RcsError =>
  error instanceof RcsError && error.code === 'RCS_AUTHENTICATION_REQUIRED';
const isSessionOutage = (error: unknown): boolean => toRcsError(error).code === 'RCS_SESSION_UNAVAILABLE';
