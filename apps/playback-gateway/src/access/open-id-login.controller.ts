import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeError, toRcsError, type ErrorCode, type Logger } from '#platform';
import { OpenIdLogin } from '../authentication/open-id-login/open-id-login.js';
import { returnPlace } from '../authentication/open-id-login/return-place.js';
import { LOGGER } from '../dependencies/injection-tokens.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { Public } from './access-rule.js';
import { ProviderAdmission } from './provider-admission.js';

/** What the console says of a log-in that failed; it comes in the query of its address. */
type Failure = 'refused' | 'unavailable' | 'stale' | 'busy' | 'failed';

const failures: Partial<Record<ErrorCode, Failure>> = {
  RCS_AUTHENTICATION_REQUIRED: 'refused',
  RCS_INSUFFICIENT_ROLE: 'refused',
  RCS_DIRECTORY_UNAVAILABLE: 'unavailable',
  RCS_SESSION_UNAVAILABLE: 'unavailable',
  RCS_STORE_UNAVAILABLE: 'unavailable',
  RCS_AUDIT_UNAVAILABLE: 'unavailable',
  RCS_TOO_MANY_REQUESTS: 'busy',
  RCS_OVERLOADED: 'busy',
};

type QueryFields = Readonly<Record<string, string | readonly string[]>>;

/**
 * Log-in at the OpenID provider. Open to everybody, because people log in by it. Every address that it leads to on this
 * server is relative: a proxy may put the gateway below any path, under any name.
 */
@Controller('console/login')
@Public()
export class OpenIdLoginController {
  constructor(
    private readonly login: OpenIdLogin,
    private readonly admission: ProviderAdmission,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What there is to log in with, beside a password. */
  @Get()
  methods() {
    const { isConfigured, name } = this.login;
    return isConfigured ? { openId: name === undefined ? {} : { name } } : {};
  }

  /** Leads the browser to the provider. Other sites begin no log-in: they link to the console. */
  @Get('openid')
  async begin(
    @Query() query: QueryFields,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { provider, pending } = this.login;
    const leadTo = leading(reply);
    const site = request.headers['sec-fetch-site'];
    if (site === 'cross-site' || site === 'same-site') {
      leadTo('../../console');
      return;
    }
    const isInWindow = query.in === 'window';
    try {
      const { url, ...checks } = await provider.begin(query.fresh === 'true');
      const begun = { ...checks, returnTo: returnPlace(query.returnTo), isInWindow };
      void reply.header('set-cookie', pending.issue(begun));
      leadTo(url);
    } catch (error) {
      leadTo(`../../console?${this.failed(error, request, isInWindow)}`);
    }
  }

  /** Where the provider sends the browser back to, at this gateway or another one. */
  @Get('openid/callback')
  async callback(
    @Query() query: QueryFields,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const leadTo = leading(reply);
    const answer = new URLSearchParams(
      Object.entries(query).flatMap(([name, values]) =>
        [values].flat().map((value): [string, string] => [name, value]),
      ),
    );
    const pending = this.login.pending.of(request.headers.cookie, answer.get('state') ?? undefined);
    // Somebody else's log-in, or none: it costs nothing, and tells nothing.
    if (pending === undefined) {
      leadTo('../../../console?login=stale');
      return;
    }
    const { isInWindow, returnTo } = pending;
    // The session's cookie comes beside it.
    void reply.header('set-cookie', this.login.pending.withdraw());
    try {
      await this.metrics.authentication(this.admission.logIn(pending, answer, request, reply), false);
      leadTo(`../../../console${isInWindow ? '?login=done' : `#${returnTo}`}`);
    } catch (error) {
      leadTo(`../../../console?${this.failed(error, request, isInWindow)}#${returnTo}`);
    }
  }

  /** The log has the cause; the address has its kind alone. */
  private failed(thrown: unknown, request: FastifyRequest, isInWindow: boolean): string {
    const error = toRcsError(thrown);
    const failure = failures[error.code] ?? 'failed';
    const level = error.definition.http >= 500 ? 'error' : 'info';
    this.logger[level]({ requestId: request.id, code: error.code, error: describeError(error) }, 'log-in failed');
    return new URLSearchParams({ login: failure, ...(isInWindow ? { in: 'window' } : {}) }).toString();
  }
}

const leading =
  (reply: FastifyReply) =>
  (location: string): void =>
    void reply.status(302).header('location', location);
