import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, User } from '#store';
import { Authenticated, Login } from './access-rule.js';
import { OpenIdLogin } from '../authentication/open-id-login/open-id-login.js';
import { CurrentUser } from '../http/current-user.js';
import { RequestAdmission } from './request-admission.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { loginAuthorization } from './login-request.js';
import { SessionService } from '../sessions/session.service.js';
import { sessionResource } from '../sessions/session-resource.js';

/** Login, logout, and the sessions of the user who asks. */
@Controller('api/v2/sessions')
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly admission: RequestAdmission,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly metrics: GatewayMetrics,
    private readonly openId: OpenIdLogin,
  ) {}

  /** Needs no CSRF token: there is no session yet, and other sites are kept out by the origin and the media type. */
  @Post()
  @Login()
  async logIn(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply, @Body() body: unknown) {
    const authorization = loginAuthorization(request.headers.authorization, body);
    const attempt = this.admission.logIn(authorization, request, reply);
    const { session } = await this.metrics.authentication(attempt, authorization === undefined);
    const opened = session === undefined ? undefined : await this.sessions.describe(session);
    if (opened === undefined) throw new RcsError('RCS_SESSION_UNAVAILABLE', 'the new session is already gone');
    return { statusCode: 0, session: sessionResource(opened, opened.key) };
  }

  @Get()
  @Authenticated()
  async list(@Req() request: FastifyRequest, @CurrentUser() user: User) {
    const current = this.sessions.of(request)?.key;
    const sessions = await this.sessions.list(user);
    return { statusCode: 0, sessions: sessions.map(session => sessionResource(session, current)) };
  }

  /** Logout; whoever logged in at the OpenID provider is told where their session there ends. */
  @Delete('current')
  @HttpCode(200)
  @Authenticated()
  async logOut(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const session = this.sessions.of(request);
    if (session === undefined) throw new RcsError('RCS_NOT_FOUND', 'the request carries no session');
    await this.sessions.end(session);
    this.sessions.withdraw(reply);
    await this.record(request, user, 'logout', session.id);
    const providerLogOut = session.seenByProviderAt === undefined ? undefined : await this.openId.endOfSession();
    return { statusCode: 0, ...(providerLogOut === undefined ? {} : { providerLogOut }) };
  }

  @Delete(':id')
  @HttpCode(200)
  @Authenticated()
  async end(@Req() request: FastifyRequest, @CurrentUser() user: User, @Param('id') id: string) {
    const session = (await this.sessions.list(user)).find(candidate => candidate.id === id);
    if (session === undefined) throw new RcsError('RCS_NOT_FOUND', 'the user has no such session');
    await this.sessions.end(session);
    await this.record(request, user, 'session-ended', id);
    return { statusCode: 0 };
  }

  /** Ends all sessions but the one that asks. */
  @Delete()
  @HttpCode(200)
  @Authenticated()
  async endOthers(@Req() request: FastifyRequest, @CurrentUser() user: User) {
    const current = this.sessions.of(request)?.key;
    const others = (await this.sessions.list(user)).filter(({ key }) => key !== current);
    for (const session of others) {
      await this.sessions.end(session);
      await this.record(request, user, 'session-ended', session.id);
    }
    return { statusCode: 0, ended: others.length };
  }

  private async record(request: FastifyRequest, { name, contactCenter }: User, event: string, sessionId: string) {
    await this.audit.append({
      event,
      outcome: 'done',
      user: name,
      ...(contactCenter === undefined ? {} : { contactCenter }),
      address: request.ip,
      requestId: request.id,
      detail: `session ${sessionId}`,
    });
  }
}
