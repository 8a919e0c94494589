import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { describeError, outcomeOf, RcsError, type Logger } from '#platform';
import type { AuditLog, User } from '#store';
import { GatewayMetrics } from '../gateway-metrics.js';
import { requestIdOf } from '../http/request-id.hook.js';
import { LOGGER, storeTokens } from '../injection-tokens.js';
import { AuthenticationService } from './authentication.service.js';

const currentUser = Symbol('currentUser');
type AuthenticatedRequest = FastifyRequest & { [currentUser]?: User };

/** Lets nobody through who is not authenticated; a failed attempt is in the audit. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly authentication: AuthenticationService,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: GatewayMetrics,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    try {
      request[currentUser] = await this.authentication.authenticate(request.headers.authorization);
      this.metrics.authentications.inc({ outcome: 'ok' });
      return true;
    } catch (error) {
      const outcome = request.headers.authorization === undefined ? 'missing' : outcomeOf(error);
      this.metrics.authentications.inc({ outcome });
      if (
        error instanceof RcsError &&
        error.code === 'RCS_AUTHENTICATION_REQUIRED' &&
        request.headers.authorization !== undefined
      ) {
        this.recordFailure(request, error);
      }
      throw error;
    }
  }

  private recordFailure(request: FastifyRequest, cause: RcsError): void {
    const requestId = requestIdOf(request);
    this.audit
      .append({ event: 'login-failed', outcome: 'refused', address: request.ip, requestId, detail: cause.message })
      .catch((error: unknown) =>
        this.logger.error({ requestId, error: describeError(error) }, 'a failed log-in could not be audited'),
      );
  }
}

/** The user the guard has let through. */
export function userOf(request: FastifyRequest): User {
  const user = (request as AuthenticatedRequest)[currentUser];
  if (user === undefined) throw new RcsError('RCS_INTERNAL', 'the route is not guarded');
  return user;
}
