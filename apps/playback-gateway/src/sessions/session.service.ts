import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccountName, User } from '#store';
import { CsrfProtection } from '../csrf/csrf-protection.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { CredentialVersions } from './credential-version.js';
import { SessionCookie } from './session-cookie.js';
import { isSessionSecret } from './session-secret.js';
import { SessionStore } from './session-store.js';
import { accountFields, type ListedSession, type Session, type SessionRecord } from './session.js';

const currentSession = Symbol('currentSession');
type RequestWithSession = FastifyRequest & { [currentSession]?: Session };

/** Sessions as requests and answers carry them. */
@Injectable()
export class SessionService {
  constructor(
    private readonly store: SessionStore,
    private readonly cookie: SessionCookie,
    private readonly csrf: CsrfProtection,
    private readonly credentials: CredentialVersions,
    @Inject(GatewayMetrics) private readonly metrics: Pick<GatewayMetrics, 'sessions'>,
  ) {}

  /** Whether the request brings a cookie that could be one of ours. */
  isOffered(request: FastifyRequest): boolean {
    return isSessionSecret(this.cookie.read(request.headers.cookie));
  }

  /**
   * The living session of the request's cookie. A cookie we never gave out opens nothing: secrets are chosen here.
   * @throws RcsError RCS_SESSION_UNAVAILABLE when it cannot be looked up.
   */
  async resume(request: FastifyRequest): Promise<Session | undefined> {
    const secret = this.cookie.read(request.headers.cookie);
    return isSessionSecret(secret) ? this.store.use(secret) : undefined;
  }

  /**
   * Opens a session under a new secret, gives the cookie to the client and ends the session it had before.
   * @param seen when the OpenID provider last asked who is there, where the log-in was its own
   */
  async open(
    user: User,
    request: FastifyRequest,
    reply: FastifyReply,
    unasked: boolean,
    seen: Pick<SessionRecord, 'seenByProviderAt'> = {},
  ): Promise<Session> {
    const before = unasked ? undefined : await this.resume(request);
    const { session, secret } = await this.store.open({
      ...accountFields(user),
      credentialVersion: this.credentials.of(user),
      address: request.ip,
      userAgent: request.headers['user-agent'],
      unasked,
      ...seen,
    });
    this.metrics.sessions.inc({ event: 'begun' });
    if (before !== undefined) await this.end(before);
    void reply.header('set-cookie', this.cookie.issue(secret));
    this.attach(session, request, reply);
    return session;
  }

  /** Makes the session known to the handlers and hands its CSRF token out. */
  attach(session: Session, request: RequestWithSession, reply: FastifyReply): void {
    request[currentSession] = session;
    if (request.method === 'GET' || request.method === 'POST') void reply.headers(this.csrf.handOut(session.csrfToken));
  }

  /** The session of this reference, if it lives; what hangs on it is used, so it is kept alive. */
  useReference(reference: string): Promise<SessionRecord | undefined> {
    return this.store.useReference(reference);
  }

  of(request: RequestWithSession): Session | undefined {
    return request[currentSession];
  }

  /** Whether the session was opened with the password that is valid now. */
  isCurrent(session: Session, user: User): boolean {
    return session.credentialVersion === this.credentials.of(user);
  }

  async end(session: Omit<ListedSession, 'expiresAt'>): Promise<void> {
    await this.store.end(session, session.key);
    this.metrics.sessions.inc({ event: 'ended' });
  }

  /** Makes the browser forget its cookie. */
  withdraw(reply: FastifyReply): void {
    void reply.header('set-cookie', this.cookie.withdraw());
  }

  /** The request's session as lists show it; undefined once it has ended. */
  describe({ key }: Session): Promise<ListedSession | undefined> {
    return this.store.find(key);
  }

  list(account: AccountName): Promise<readonly ListedSession[]> {
    return this.store.list(account);
  }
}
